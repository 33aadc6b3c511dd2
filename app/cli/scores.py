"""`apel scores`: what is derived of a past apel, made once more from the recorded facts."""

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.failing import CommandFailed
from app.cli.working import console, in_transaction
from app.core.clock import utc_now
from app.core.principal import SYSTEM
from app.scoring.rebuilding import Rebuilt, rebuild

scores = typer.Typer(no_args_is_help=True, help="Nilai apel. / Scores of the apel.")
SHOWN = 20
"""Differences that are named one by one."""


@scores.callback()
def _group() -> None:
    """One command is still named by its name."""


def register(cli: typer.Typer) -> None:
    scores.command("rebuild", help="Susun lagi tanda dan nilai dari fakta. / Make marks and scores anew from facts.")(
        rebuild_apel
    )
    cli.add_typer(scores, name="scores")


def rebuild_apel(
    apel_id: Annotated[UUID, typer.Argument(help="Id apel. / Id of the apel.")],
    check: Annotated[bool, typer.Option("--check", help="Hanya bandingkan. / Compare only, change nothing.")] = False,
) -> None:
    async def work(session: AsyncSession) -> Rebuilt:
        return await rebuild(session, SYSTEM, apel_id, keep=not check, at=utc_now())

    with console.status("Menyusun lagi / making anew …"):
        rebuilt = in_transaction(work)
    for difference in rebuilt.differences[:SHOWN]:
        typer.echo(f"{difference.kind}: {difference.table} {difference.key}")
    if not rebuilt.differences:
        typer.echo(f"{rebuilt.rows} baris sama persis. / rows, identical.")
    elif check:
        raise CommandFailed(f"{len(rebuilt.differences)} baris berbeda / rows differ")
    else:
        typer.echo(f"{len(rebuilt.differences)} baris diperbarui / rows replaced")
