"""The `apel` command: one line each in Indonesian and English, exit status 1 with one clear line when it fails."""

import sys

import typer

from app.cli import demo, serving
from app.cli.failing import CommandFailed

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Apel Virtual: apel Senin daerah dalam satu layanan. / The regency's Monday roll-call in one service.",
)
serving.register(cli)
demo.register(cli)


def main() -> None:
    """Entry point of the console script."""
    try:
        cli()
    except CommandFailed as error:
        sys.stderr.write(f"apel: {error}\n")
        sys.exit(1)
