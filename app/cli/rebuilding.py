"""`apel rebuild`: what is kept only so that sums are fast, made once more from the facts that it rests on."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.standing import rebuild_all_standings
from app.cli.working import console, in_transaction
from app.counters.service import rebuild_tickets
from app.registry.queries import get_opd

rebuild = typer.Typer(no_args_is_help=True, help="Susun lagi ringkasan dari fakta. / Make summaries anew from facts.")


def register(cli: typer.Typer) -> None:
    rebuild.command("behaviour", help="Nilai perilaku per orang. / Standings of behaviour.")(rebuild_behaviour)
    rebuild.command("tickets", help="Tiket loket satu OPD. / An OPD's tickets at its counters.")(rebuild_counters)
    cli.add_typer(rebuild, name="rebuild")


def rebuild_behaviour() -> None:
    with console.status("Menyusun lagi / making anew …"):
        count = in_transaction(rebuild_all_standings)
    typer.echo(f"{count} orang dan periode disusun lagi. / people and periods made anew.")


def rebuild_counters(opd_code: Annotated[str, typer.Argument(help="Kode OPD. / The OPD's code.")]) -> None:
    async def work(session: AsyncSession) -> int:
        await get_opd(session, opd_code)
        return await rebuild_tickets(session, opd_code)

    with console.status("Menyusun lagi / making anew …"):
        count = in_transaction(work)
    typer.echo(f"{count} tiket disusun lagi. / tickets made anew.")
