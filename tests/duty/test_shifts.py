"""Shifts: registered in lists, withdrawn with a reason, never overlapping."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.calendar.spans import Hold, Span
from app.core.principal import Grant, Principal, Role
from app.duty import shift_queries, shift_service
from app.duty.errors import ShiftsRefused
from app.duty.models import Shift
from app.duty.rules import ABSENCE_CODES, hold_of
from app.duty.shift_schemas import ShiftsMade, ShiftsWrite
from app.duty.shifts import ShiftClaim, ShiftPlan, plan_shifts
from app.registry.models import Asn
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PATH = "/v1/shifts"
ANI, BUDI = UUID(int=1), UUID(int=2)
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)


def hours(begins: int, ends: int) -> Span:
    """Hours after the evening began."""
    return Span(EVENING + timedelta(hours=begins), EVENING + timedelta(hours=ends))


# What a list does


@pytest.mark.parametrize(
    ("rows", "known", "plan"),
    [
        pytest.param(
            [(ANI, 0, 8), (ANI, 8, 16), (BUDI, 0, 8)],
            [],
            ShiftPlan([ShiftClaim(ANI, hours(0, 8)), ShiftClaim(ANI, hours(8, 16)), ShiftClaim(BUDI, hours(0, 8))]),
            id="shifts that touch, and those of two people, do not overlap",
        ),
        pytest.param([(ANI, 0, 8)], [(ANI, 0, 8)], ShiftPlan(unchanged=1), id="the same again changes nothing"),
        pytest.param(
            [(ANI, 0, 8), (ANI, 0, 8)],
            [],
            ShiftPlan([ShiftClaim(ANI, hours(0, 8))], unchanged=1),
            id="said twice in one list it is one",
        ),
        pytest.param(
            [(ANI, 7, 9)], [(ANI, 0, 8)], ShiftPlan(clashes={0: hours(0, 8)}), id="an hour in common is a clash"
        ),
        pytest.param(
            [(ANI, 1, 2)], [(ANI, 0, 8)], ShiftPlan(clashes={0: hours(0, 8)}), id="so is lying within another"
        ),
        pytest.param(
            [(ANI, 0, 8), (ANI, 4, 12)],
            [],
            ShiftPlan([ShiftClaim(ANI, hours(0, 8))], clashes={1: hours(0, 8)}),
            id="two of one list clash too",
        ),
    ],
)
def test_a_list_of_shifts_is_planned(rows: list[Any], known: list[Any], plan: ShiftPlan) -> None:
    claims = {row: ShiftClaim(who, hours(begins, ends)) for row, (who, begins, ends) in enumerate(rows)}
    assert plan_shifts(claims, [ShiftClaim(who, hours(begins, ends)) for who, begins, ends in known]) == plan


claims = st.tuples(st.sampled_from([ANI, BUDI]), st.integers(0, 40), st.integers(1, 12)).map(
    lambda one: ShiftClaim(one[0], hours(one[1], one[1] + one[2]))
)


@given(st.lists(claims))
def test_what_is_planned_never_overlaps_and_is_nothing_new_the_second_time(rows: list[ShiftClaim]) -> None:
    plan = plan_shifts(dict(enumerate(rows)), [])
    for who in (ANI, BUDI):
        spans = sorted(one.span for one in plan.create if one.asn_id == who)
        assert all(first.ends_at <= then.starts_at for first, then in pairwise(spans))
    again = plan_shifts(dict(enumerate(plan.create)), plan.create)
    assert (again.create, again.clashes, again.unchanged) == ([], {}, len(plan.create))


@pytest.mark.parametrize(
    ("codes", "hold"),
    [
        pytest.param({"DL", "DD", "DK", "WFA"}, Hold.HOURS, id="work elsewhere keeps the hours"),
        pytest.param({"SF", "DPK", "DPB"}, Hold.OWN, id="shifts and hours set by others are one's own"),
        pytest.param(
            {"TB", "CT", "CB", "CS", "CM", "CP", "CLTN", "S", "I", "MPP", "BS"},
            Hold.LEAVE,
            id="leave and what frees from the post leaves no hours",
        ),
    ],
)
def test_what_a_confirmed_absence_makes_of_the_hours(codes: set[str], hold: Hold) -> None:
    assert {code for code in ABSENCE_CODES if hold_of(code) is hold} == codes


# Over HTTP


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("RSUD")
    make.opd("PUPR")
    return make.asn("RSUD", work_pattern="shift")


def item(person: Asn, begins: int = 0, ends: int = 12, **more: Any) -> dict[str, Any]:
    span = hours(begins, ends)
    body = {"asn_id": str(person.id), "starts_at": span.starts_at.isoformat(), "ends_at": span.ends_at.isoformat()}
    return body | more


def told(api: Api, *items: dict[str, Any]) -> Any:
    return api.post(PATH, {"items": list(items)})


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR])
def test_a_list_is_registered_once(api: Api, siti: Asn, role: Role) -> None:
    writer = api.as_(role, "RSUD")
    night, day = item(siti), item(siti, 24, 32, nip=siti.nip, asn_id=None)
    made = told(writer, night, day)
    assert (made.status_code, made.json()) == (201, {"created": 2, "unchanged": 0})
    assert told(writer, night, day).json() == {"created": 0, "unchanged": 2}
    [later, first] = writer.get(f"{PATH}?asn_id={siti.id}").json()["items"]
    assert first == {
        "id": first["id"],
        "asn_id": str(siti.id),
        "name": "Siti Aminah",
        "starts_at": "2026-11-23T12:00:00Z",
        "ends_at": "2026-11-24T00:00:00Z",
        "registered_at": "2026-11-22T23:30:00Z",
        "registered_by": f"uji-{role}",
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdrawn_reason": None,
    }
    assert later["starts_at"] == "2026-11-24T12:00:00Z"
    assert [one["id"] for one in writer.get(f"{PATH}?from=2026-11-24&to=2026-11-24").json()["items"]] == [
        later["id"],
        first["id"],
    ], "a night shift belongs to both its days"
    assert writer.get(f"{PATH}?to=2026-11-22").json()["items"] == []


def test_one_wrong_row_keeps_the_whole_list_out(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    told(api.as_(Role.ADMIN), item(siti))
    refused = told(api.as_(Role.ADMIN), item(siti, 40, 48), item(siti, 11, 20))
    assert (refused.status_code, refused.json()["code"]) == (422, "shifts-refused")
    [wrong] = refused.json()["errors"]
    assert wrong["pointer"] == "/items/1"
    assert "2026-11-23 20:00 sampai 2026-11-24 08:00" in wrong["detail"], "on the regency's clock"
    assert run(session.scalar(select(func.count()).select_from(Shift))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"nip": "198501012010012001"}, id="a person by both names"),
        pytest.param({"asn_id": None}, id="nobody"),
        pytest.param({"asn_id": str(uuid4())}, id="somebody unknown"),
        pytest.param({"ends_at": EVENING.isoformat()}, id="no time at all"),
        pytest.param({"ends_at": (EVENING + timedelta(hours=24, seconds=1)).isoformat()}, id="longer than a day"),
        pytest.param({"starts_at": "2026-11-23T20:00:00"}, id="a time without zone"),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, siti: Asn, wrong: dict[str, Any]) -> None:
    assert told(api.as_(Role.ADMIN), item(siti) | wrong).status_code == 422
    assert api.as_(Role.ADMIN).get(PATH).json()["items"] == []


@pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.OPD_OPERATOR])
def test_another_opd_neither_registers_nor_sees_nor_withdraws(api: Api, siti: Asn, role: Role) -> None:
    stranger = api.as_(role, "PUPR")
    assert told(stranger, item(siti)).json()["errors"][0]["pointer"] == "/items/0"
    told(api.as_(Role.ADMIN), item(siti))
    [kept] = api.as_(Role.ADMIN).get(PATH).json()["items"]
    assert stranger.get(PATH).json()["items"] == []
    gone = stranger.post(f"{PATH}/{kept['id']}/withdraw", {"reason": "uji"})
    assert (gone.status_code, gone.json()["code"]) == (404, "shift-not-found")


def test_everybody_sees_the_own_shifts_and_no_others(api: Api, siti: Asn, make: Make) -> None:
    told(api.as_(Role.ADMIN), item(siti), item(make.asn("RSUD", "Budi")))
    own = api.by(Principal(uuid4(), "siti", (Grant(Role.ASN, None, frozenset()),), asn_id=siti.id))
    assert [one["name"] for one in own.get(PATH).json()["items"]] == ["Siti Aminah"]


def test_a_withdrawn_shift_counts_for_nothing_and_stays_on_record(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    head = api.as_(Role.OPD_HEAD, "RSUD")
    told(head, item(siti))
    [kept] = head.get(PATH).json()["items"]
    path = f"{PATH}/{kept['id']}/withdraw"
    gone = head.post(path, {"reason": "tukar jaga"}).json()
    assert gone == kept | {
        "withdrawn_at": "2026-11-22T23:30:00Z",
        "withdrawn_by": "uji-opd_head",
        "withdrawn_reason": "tukar jaga",
    }
    assert head.post(path, {"reason": "lain"}).json() == gone, "withdrawn once"
    span = hours(0, 12)
    assert run(shift_queries.list_registered(session, [siti.id], *span)) == {}
    assert told(head, item(siti, 6, 18)).json() == {"created": 1, "unchanged": 0}
    found = run(shift_queries.list_registered(session, [siti.id], *span))
    assert [one.span for one in found[siti.id]] == [hours(6, 18)]


def test_who_registers_reads_and_withdraws_is_recorded(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    admin = api.as_(Role.ADMIN)
    told(admin, item(siti))
    [kept] = admin.get(PATH).json()["items"]
    admin.post(f"{PATH}/{kept['id']}/withdraw", {"reason": "uji"})
    entries = list(run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))))
    hashed = [subject_of(SURROUNDINGS.audit_key, siti.nip)]
    assert [(entry.action, entry.target, entry.subjects, entry.detail) for entry in entries] == [
        ("duty.register_shifts", None, hashed, {"created": 1, "unchanged": 0}),
        ("duty.shifts", None, hashed, {}),
        ("duty.withdraw_shift", kept["id"], hashed, {}),
    ]


def test_a_long_list_takes_no_more_statements(api: Api, siti: Asn, engine: AsyncEngine) -> None:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    admin = api.as_(Role.ADMIN)
    counted = []
    event.listen(engine.sync_engine, "before_cursor_execute", count)
    try:
        for items in ([item(siti)], [item(siti, 24 * n, 24 * n + 8) for n in range(1, 200)]):
            statements.clear()
            assert told(admin, *items).status_code == 201
            counted.append(len(statements))
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", count)
    assert counted[0] == counted[1]


def test_of_those_who_register_overlapping_shifts_at_once_one_succeeds(own_url: str) -> None:
    async def race() -> list[Any]:
        engine = create_async_engine(own_url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        siti = Asn(nip="198501012010012001", name="Siti", folded_name="siti", employment_type="PNS")
        async with sessions.begin() as session:
            session.add(siti)
        admin = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))

        async def register(hour: int) -> ShiftsMade:
            body = ShiftsWrite.model_validate({"items": [item(siti, hour, hour + 10)]})
            async with sessions.begin() as session:
                return await shift_service.register_shifts(session, admin, body, at=MONDAY)

        found = await asyncio.gather(*(register(hour) for hour in range(8)), return_exceptions=True)
        await engine.dispose()
        return found

    found = asyncio.run(race())
    assert [one.created for one in found if isinstance(one, ShiftsMade)] == [1]
    assert [type(one) for one in found if isinstance(one, BaseException)] == [ShiftsRefused] * 7
