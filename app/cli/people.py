"""`apel account …` and `apel client …`: who may call. A password or secret is printed once and kept nowhere."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import own_access, service
from app.accounts.errors import AccountsInvalid
from app.accounts.importing import AccountRow, import_accounts
from app.accounts.models import Client
from app.accounts.own_access import NewLink
from app.accounts.queries import get_account_id
from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.service import Slip
from app.accounts.slips import Printed, print_link, print_slip
from app.cli.failing import CommandFailed, say_wrong
from app.cli.working import console, in_transaction, read_file
from app.core.clock import civil_date, utc_now
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.principal import SYSTEM, Role
from app.core.settings import load_settings
from app.registry.queries import get_asn_by_nip
from app.registry.sheets import Cell, Row, read_sheet

account = typer.Typer(no_args_is_help=True, help="Akun orang. / Accounts of people.")
client = typer.Typer(no_args_is_help=True, help="Akses mesin. / Credentials of machines.")

_SHOWN = 20
"""Wrong places that are shown; whoever has more has one mistake many times."""


def register(cli: typer.Typer) -> None:
    account.command("create", help="Buat satu akun. / Create one account.")(create_account)
    account.command(
        "import", help="Buat akun dari CSV atau XLSX, cetak slipnya. / Create accounts from a file, print their slips."
    )(import_file)
    account.command("reset", help="Beri kata sandi baru. / Give a new password.")(reset_account)
    account.command(
        "link", help="Buat tautan sekali pakai untuk seorang ASN. / Make a one-time link for a civil servant."
    )(make_link)
    client.command("create", help="Buat akses mesin. / Create machine credentials.")(create_client)
    cli.add_typer(account, name="account")
    cli.add_typer(client, name="client")


def create_account(
    username: Annotated[str, typer.Option(help="Nama pengguna. / User name.")],
    role: Annotated[Role, typer.Option(help="Peran. / Role.")],
    opd: Annotated[str | None, typer.Option(help="Kode OPD, untuk peran OPD. / OPD code, for roles of an OPD.")] = None,
    asn: Annotated[str | None, typer.Option(help="NIP pemilik akun. / NIP of the account's owner.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Baca kata sandi dari masukan. / Read the password from input.")
    ] = False,
) -> None:
    row = _checked({"username": username, "role": role, "opd_code": opd, "nip": asn})
    password = _read_password() if password_stdin else None

    async def create(session: AsyncSession) -> Slip:
        now = utc_now()
        grant = DatedGrant(row.role, row.opd_code, civil_date(now, zone_of(session)))
        return await service.create_account(session, NewAccount(row.username, (grant,), row.nip, password), at=now)

    slip = in_transaction(create)
    typer.echo(f"Akun dibuat / account created: {slip.username}")
    if password is None:
        _show_password(slip)


def _checked(values: dict[str, str | None]) -> AccountRow:
    try:
        return AccountRow.model_validate(values)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        fault = FieldError(f"/{wrong['loc'][0]}", wrong["type"], wrong.get("ctx"))
        raise CommandFailed(f"{wrong['loc'][0]}: {say_wrong(fault)}") from None


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandFailed("Tidak ada kata sandi di masukan standar. / No password on standard input.")
    return password


def _show_password(slip: Slip) -> None:
    typer.echo(f"Kata sandi sekali pakai / one-time password: {slip.password}")


def import_file(
    file: Annotated[Path, typer.Argument(help="Kolom / columns: username, role, opd_code, nip, from_date, to_date.")],
) -> None:
    data = read_file(file)

    async def create(session: AsyncSession) -> list[Slip]:
        rows = read_sheet(data)
        try:
            return await import_accounts(session, _records(rows), at=utc_now())
        except AccountsInvalid as wrong:
            raise CommandFailed(_told(wrong, rows)) from None

    with console.status("Membuat akun / creating accounts …"):
        slips = in_transaction(create)
    settings = load_settings()
    printed = Printed(settings.instansi_name, settings.public_url)
    for slip in slips:
        typer.echo(f"{print_slip(slip, printed)}\n{'- ' * 36}\n")
    console.print(f"{len(slips)} akun dibuat; setiap kata sandi hanya tercetak kali ini. / accounts created.")


def _records(rows: list[Row]) -> list[Mapping[str, Any]]:
    """The rows below the header by column name; a NIP that a spreadsheet made a number stays one, and is refused."""
    if not rows:
        return []
    names = [str(name).strip().casefold() for name in rows[0][1]]
    return [dict(zip(names, _dated(cells), strict=False)) for _, cells in rows[1:]]


def _dated(cells: list[Cell]) -> list[Cell]:
    return [cell.isoformat() if isinstance(cell, date) else cell for cell in cells]


def _told(wrong: AccountsInvalid, rows: list[Row]) -> str:
    """Every wrong place by its line in the file, as a list on the terminal; the last line sums up."""
    records = _records(rows)
    first_line: dict[str, int] = {}
    for (line, _), record in zip(rows[1:], records, strict=True):
        first_line.setdefault(str(record.get("username")), line)
    of_account = list(first_line.values())
    for error in wrong.errors[:_SHOWN]:
        place = error.pointer.strip("/").split("/")
        line = of_account[int(place[1])] if place[0] == "items" else rows[1 + int(place[0])][0]
        console.print(f"baris / line {line}, {place[-1]}: {say_wrong(error)}", markup=False)
    return f"{len(wrong.errors)} isian salah, tidak ada akun yang dibuat. / wrong cells, no account was created."


def reset_account(username: Annotated[str, typer.Argument(help="Nama pengguna. / User name.")]) -> None:
    async def reset(session: AsyncSession) -> Slip:
        return await service.reset_password(session, await get_account_id(session, username), at=utc_now())

    _show_password(in_transaction(reset))


def make_link(nip: Annotated[str, typer.Argument(help="NIP ASN itu. / The civil servant's NIP.")]) -> None:
    async def make(session: AsyncSession) -> NewLink:
        asn = await get_asn_by_nip(session, nip)
        return await own_access.make_link(session, SYSTEM, asn.id, at=utc_now())

    link, settings = in_transaction(make), load_settings()
    printed = Printed(settings.instansi_name, settings.public_url)
    typer.echo(print_link(link, link.at(settings.public_url), printed))


def create_client(
    name: Annotated[str, typer.Option(help="Nama mesin. / The machine's name.")],
    role: Annotated[Role, typer.Option(help="adapter | reader | screen")],
) -> None:
    async def create(session: AsyncSession) -> tuple[Client, str]:
        return await service.create_client(session, name, role, at=utc_now())

    made, secret = in_transaction(create)
    typer.echo(f"client_id: {made.name}")
    typer.echo(f"client_secret: {secret}")
    console.print("Simpan sekarang: rahasia ini tidak dapat ditampilkan lagi. / Keep it now: it is shown this once.")
