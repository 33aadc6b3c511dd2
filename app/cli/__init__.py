"""The `apel` command: one line each in Indonesian and English, exit status 1 with one clear line when it fails."""

import sys

import typer

from app.cli import demo, operating, people, policy, rebuilding, registry, scores, serving, zoom
from app.cli.failing import CommandFailed

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Apel Virtual: apel Senin daerah dalam satu layanan. / The regency's Monday roll-call in one service.",
)
for commands in (serving, demo, people, registry, policy, zoom, scores, rebuilding, operating):
    commands.register(cli)


def main() -> None:
    """Entry point of the console script; where nothing was asked, the help is the answer."""
    try:
        status = cli(standalone_mode=False)
    except (CommandFailed, typer.TyperException) as error:
        told = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        sys.stderr.write(told if "\n" in told or not told else f"apel: {told}\n")
        sys.exit(1)
    except typer.Abort:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)
