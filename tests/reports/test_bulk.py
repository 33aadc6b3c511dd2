"""Large reports and simultaneous ones."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from app.core.ids import new_id
from app.core.principal import Role
from app.core.settings import Settings
from app.registry.models import Asn, Assignment
from app.reports import queries
from app.reports.models import ReportVersion
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make
from tests.reports.conftest import counts


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


def _crowd(make: Make, opd_code: str, size: int) -> list[UUID]:
    """Many people in one OPD, inserted at once."""
    make.opd(opd_code)
    ids = [new_id() for _ in range(size)]
    start = int(opd_code[-1]) * 10_000
    people = [
        {
            "id": asn_id,
            "nip": f"1985010120100{start + number:05d}",
            "name": f"Pegawai {number}",
            "folded_name": f"pegawai {number}",
            "employment_type": "PNS",
        }
        for number, asn_id in enumerate(ids)
    ]
    posts = [
        {"asn_id": asn_id, "opd_code": opd_code, "position": "Guru", "apel_duty": True, "from_date": date(2020, 1, 1)}
        for asn_id in ids
    ]

    async def fill() -> None:
        await make.session.execute(insert(Asn), people)
        await make.session.execute(insert(Assignment), posts)
        await make.session.commit()

    make._run(fill())
    return ids


def _all_present(people: Sequence[UUID]) -> dict[str, object]:
    named = [{"asn_id": str(asn_id), "status": "H", "mode": "wfo", "note": "hadir"} for asn_id in people]
    return counts(len(people), entries_are="all", entries=named)


def test_two_thousand_entries_cost_as_many_statements_as_two(api: Api, make: Make, engine: AsyncEngine) -> None:
    apel = make.apel()
    costs = []
    for code, size in (("OPD1", 2), ("OPD2", 2_000)):
        people = _crowd(make, code, size)
        caller = api.as_(Role.OPD_OPERATOR, code)
        path = f"/v1/apel/{apel.id}/reports/{code}"
        with counted(engine) as first:
            answer = caller.put(path, _all_present(people))
        assert (answer.status_code, len(answer.json()["entries"])) == (201, size)
        with counted(engine) as again:
            assert caller.put(path, _all_present(people[::-1])).status_code == 200
        with counted(engine) as phone:
            assert len(caller.get("/v1/me/today").json()["roster"]["items"]) == size
        with counted(engine) as versions:
            assert caller.get(path + "/versions").status_code == 200
        costs.append([len(first), len(again), len(phone), len(versions)])
    assert costs[0] == costs[1]
    assert costs[0][0] <= 30


def test_all_claims_are_loaded_in_two_statements(api: Api, make: Make, engine: AsyncEngine) -> None:
    apel = make.apel()
    for code in ("OPD1", "OPD2", "OPD3"):
        people = _crowd(make, code, 3)
        api.as_(Role.OPD_OPERATOR, code).put(f"/v1/apel/{apel.id}/reports/{code}", _all_present(people))
    with counted(engine) as sent:
        claims = make._run(queries.load_claims(make.session, apel.id))
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2
    assert {code: len(claim.entries) for code, claim in claims.items()} == {"OPD1": 3, "OPD2": 3, "OPD3": 3}
    only = make._run(queries.load_claims(make.session, apel.id, ["OPD2", "OPD9"]))
    assert {code: claim.first_at for code, claim in only.items()} == {"OPD2": MONDAY}


@pytest.fixture
def crowded(loop: asyncio.Runner, own_url: str, settings: Settings) -> Iterator[tuple[Api, Make]]:
    """The API on a database of its own, where requests have connections of their own."""
    engine = create_async_engine(own_url, pool_size=10)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    with serve(loop, sessions, settings, MONDAY) as api:
        yield api, Make(session, loop.run)
    loop.run(session.close())
    loop.run(engine.dispose())


def test_of_several_first_claims_at_once_one_is_the_first(crowded: tuple[Api, Make]) -> None:
    api, make = crowded
    make.opd("DISDIK")
    apel = make.apel()
    path = f"/v1/apel/{apel.id}/reports/DISDIK"
    answers = api.as_(Role.OPD_OPERATOR, "DISDIK").together(*(("PUT", path, counts(wfo)) for wfo in range(1, 6)))
    assert sorted(answer.status_code for answer in answers) == [201, 428, 428, 428, 428]
    kept = make._run(make.session.execute(select(func.count()).select_from(ReportVersion))).scalar_one()
    assert kept == 1


def test_the_same_first_claim_sent_several_times_at_once_is_kept_once(crowded: tuple[Api, Make]) -> None:
    api, make = crowded
    make.opd("DISDIK")
    apel = make.apel()
    path = f"/v1/apel/{apel.id}/reports/DISDIK"
    answers = api.as_(Role.OPD_OPERATOR, "DISDIK").together(*[("PUT", path, counts(3))] * 5)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
