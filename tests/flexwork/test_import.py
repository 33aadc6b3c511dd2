"""People of an order from a file: all rows or none, the same file twice, and a preview that keeps nothing."""

import io
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.flexwork.models import FlexMember
from app.registry.models import Asn
from tests.client import Api
from tests.flexwork.orders import ORDER, PATH, confirm, propose
from tests.flexwork.test_routes import absences, day, wfa
from tests.make import Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HEADER = "nip,dari,sampai,tempat\n"
MAPPING = "/v1/flexwork/imports/mapping"


def send(api: Api, order: dict[str, Any], content: str | bytes, **form: str) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    path = f"{PATH}/{order['id']}/people/imports"
    return api.post(path, files={"file": ("orang.csv", data)}, data=form)


def written(session: AsyncSession, run: Run) -> int:
    count: int = run(session.scalar(select(func.count()).select_from(FlexMember)))
    return count


def test_a_file_sent_twice_writes_its_people_once(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    order = operator.post(PATH, ORDER).json()
    file = f"{HEADER}{siti.nip},2026-11-23,2026-11-24,Balai RW 06\n{budi.nip},,,\n"
    first = send(operator, order, file)
    assert first.status_code == 201, first.text
    assert first.json() == {"rows": 2, "created": 2, "unchanged": 0, "kept": [], "doubts": []}
    assert send(operator, order, file).json() == {"rows": 2, "created": 0, "unchanged": 2, "kept": [], "doubts": []}
    items = operator.get(f"{PATH}/{order['id']}/people").json()["items"]
    assert [(one["name"], one["from"], one["to"], one["place"]) for one in items] == [
        ("Siti Aminah", "2026-11-23", "2026-11-24", "Balai RW 06"),
        ("Budi Santoso", "2026-11-23", "2026-11-27", "Balai RW 05"),
    ]
    api.as_(Role.OPD_HEAD, "DISDIK").post(f"{PATH}/{order['id']}/confirm")
    assert absences(session, run, siti) == [wfa(1, 2)]
    assert absences(session, run, budi) == [wfa(1, 5)]


@pytest.mark.parametrize("preview", ["true", "false"])
def test_a_preview_answers_the_same_and_keeps_nothing(
    api: Api, siti: Asn, budi: Asn, make: Make, session: AsyncSession, run: Run, preview: str
) -> None:
    make.absence(budi, "CT", from_date=day(2), to_date=day(2))
    make.opd("PKM", type="puskesmas")
    nurse = make.asn("PKM", "Ani")
    order = confirm(api, siti)
    answer = send(api.as_(Role.ADMIN), order, f"nip\n{siti.nip}\n{budi.nip}\n{nurse.nip}\n", preview=preview)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [one.pop("text")[:20] for one in told["doubts"]] == ["Bertugas di pelayana"]
    assert told == {
        "rows": 3,
        "created": 2,
        "unchanged": 1,
        "kept": [{"asn_id": str(budi.id), "from": str(day(2)), "to": str(day(2)), "code": "CT"}],
        "doubts": [{"asn_id": str(nurse.id), "code": "direct-service"}],
    }
    kept = preview == "false"
    assert written(session, run) == (3 if kept else 1)
    assert absences(session, run, nurse) == ([wfa(1, 5)] if kept else [])
    read = api.as_(Role.ADMIN).get(f"{PATH}/{order['id']}").json()
    assert (read["version"], read["people"]) == ((3, 3) if kept else (2, 1))
    entry = run(session.scalar(select(AuditEntry).where(AuditEntry.action == "flexwork.import")))
    assert (len(entry.subjects), entry.detail) == (3, {"rows": 3, "created": 2, "preview": not kept})


def test_a_workbook_is_read_as_a_csv_is(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    book, kept = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Daftar petugas balai RW"])
    sheet.append(["NIP", "Mulai", "Hingga", "Balai RW"])
    sheet.append([siti.nip, date(2026, 11, 24), "26/11/2026", "Balai RW 07"])
    book.save(kept)
    order = propose(api)
    assert send(api.as_(Role.ADMIN), order, kept.getvalue()).json()["created"] == 1
    [item] = api.as_(Role.ADMIN).get(f"{PATH}/{order['id']}/people").json()["items"]
    assert (item["from"], item["to"], item["place"]) == ("2026-11-24", "2026-11-26", "Balai RW 07")


def test_each_wrong_row_is_named_and_nobody_is_written_on(
    api: Api, siti: Asn, budi: Asn, rahma: Asn, session: AsyncSession, run: Run
) -> None:
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    order = head.post(PATH, ORDER).json()
    rows = [
        f"{budi.nip},,,",
        f"{rahma.nip},,,",
        f"{siti.nip},2026-11-20,,",
        f"{siti.nip},2026-11-26,2026-11-25,",
        f"{budi.nip},2026-11-25,,Balai RW 06",
        f"{siti.nip},1960-01-01,,",
    ]
    refused = send(head, order, HEADER + "\n".join(rows))
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-people-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/3/nip", *(f"/{n}/from" for n in (4, 5, 6, 7))]
    unreadable = send(head, order, f"{HEADER}1.98E+17,kemarin,,\n")
    assert [error["pointer"] for error in unreadable.json()["errors"]] == ["/2/nip", "/2/from"]
    assert written(session, run) == 0


def test_a_file_for_a_confirmed_order_is_all_or_nothing_too(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    confirm(api, siti, number="800/9")
    order = confirm(api, budi)
    refused = send(api.as_(Role.ADMIN), order, f"nip\n{siti.nip}\n")
    assert refused.json()["code"] == "flex-orders-overlap"
    assert written(session, run) == 2
    assert send(api.as_(Role.OPD_OPERATOR, "DISDIK"), order, f"nip\n{siti.nip}\n").json()["code"] == "only-head-orders"


def test_headers_of_another_system_are_told_once(api: Api, siti: Asn) -> None:
    admin, order = api.as_(Role.ADMIN), propose(api)
    file = f"Pegawai;Lokasi Tugas\n{siti.nip};Balai RW 08\n"
    assert send(admin, order, file).json()["code"] == "columns-missing"
    headers = {"headers": {"Pegawai": "nip", "Lokasi Tugas": "place"}}
    assert api.as_(Role.OPD_HEAD, "DISDIK").put(MAPPING, headers).status_code == 403
    assert admin.put(MAPPING, headers).json() == headers
    assert admin.get(MAPPING).json() == headers
    assert send(admin, order, file).json()["created"] == 1
    [item] = admin.get(f"{PATH}/{order['id']}/people").json()["items"]
    assert item["place"] == "Balai RW 08"


def test_statements_do_not_depend_on_the_number_of_rows(api: Api, siti: Asn, make: Make, engine: AsyncEngine) -> None:
    crowd = [make.asn("DISDIK", f"Pegawai {number}") for number in range(40)]
    order = confirm(api, siti)
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(people: list[Asn]) -> int:
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            sent = send(api.as_(Role.ADMIN), order, "nip\n" + "\n".join(person.nip for person in people))
            assert sent.json()["created"] == len(people)
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        return len(counted)

    assert statements(crowd[:2]) == statements(crowd[2:])
