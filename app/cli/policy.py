"""`apel policy`: what is wrong with a policy file, and examples to start from."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.failing import CommandFailed
from app.cli.working import console, read_file
from app.policies.checking import Problem, check_policy
from app.policies.examples import list_examples
from app.policies.unverified import list_sourced

policy = typer.Typer(no_args_is_help=True, help="Kebijakan penilaian. / Policies.")
LIST = "list"


def register(cli: typer.Typer) -> None:
    policy.command("check", help="Periksa berkas kebijakan YAML. / Check a policy file, every error with its place.")(
        check
    )
    policy.command("example", help="Cetak contoh kebijakan; `list` menyebut namanya. / Print an example; `list` them.")(
        example
    )
    cli.add_typer(policy, name="policy")


def check(file: Annotated[Path, typer.Argument(help="Kebijakan dalam YAML. / A policy in YAML.")]) -> None:
    checked = check_policy(read_file(file))
    if checked.document is None:
        for problem in checked.problems:
            typer.echo(_told(file, problem))
        raise CommandFailed(f"{file}: {len(checked.problems)} kesalahan / errors")
    document = checked.document
    sourced = list_sourced(document)
    open_ones = [path for path, rule in sourced if not rule.verified]
    typer.echo(f"{file}: sah / valid: {document.code}@{document.version}, {document.effective_from}")
    if open_ones:
        console.print(
            f"{len(open_ones)} dari {len(sourced)} aturan belum diverifikasi / not verified: {', '.join(open_ones)}",
            markup=False,
            soft_wrap=True,
        )


def _told(file: Path, problem: Problem) -> str:
    where = f"{file}:{problem.place.line}:{problem.place.column}:"
    said = f"{problem.say('id')} / {problem.say('en')}"
    return " ".join(filter(None, (where, problem.field_name and f"{problem.field_name}:", said)))


def example(
    name: Annotated[str, typer.Argument(help="Nama contoh, atau list. / Name of the example, or list.")] = LIST,
) -> None:
    examples = list_examples()
    if name == LIST:
        for known, text in examples.items():
            document = check_policy(text.encode()).document
            typer.echo(f"{known:<12} {document.title if document else ''}")
    elif name in examples:
        typer.echo(examples[name], nl=False)
    else:
        raise CommandFailed(f"{name}: tidak ada contoh itu / no such example: {', '.join(examples)}")
