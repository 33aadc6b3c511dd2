"""Absences that an order makes and ends, as the rooms above ask for them."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Grant, Principal, Role
from app.duty.errors import OnlyHeadConfirms
from app.duty.models import Absence
from app.duty.ordering import Order, confirm_spans, end_spans
from app.registry.errors import AsnNotFound
from app.registry.models import Asn
from tests.make import DAY, MONDAY, NOBODY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
ORDER, OTHER = Order(UUID(int=7), "800/1", DAY), Order(UUID(int=8), "800/2", DAY)
ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))
WEEK = (DAY, DAY + timedelta(days=4))


def of_opd(role: Role, opd_code: str) -> Principal:
    return Principal(uuid4(), "uji", (Grant(role, opd_code, frozenset({opd_code})),))


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("PUPR")
    return make.asn("DISDIK")


def kept(session: AsyncSession, run: Run) -> list[tuple[str, date, date, UUID | None, int]]:
    query = select(Absence.state, Absence.from_date, Absence.to_date, Absence.order_id, Absence.version)
    return [tuple(row) for row in run(session.execute(query.order_by(Absence.from_date, Absence.id)))]


def test_an_order_confirmed_twice_makes_its_absences_once(siti: Asn, session: AsyncSession, run: Run) -> None:
    for _ in range(2):
        run(confirm_spans(session, ADMIN, ORDER, {siti.id: [WEEK]}, at=MONDAY))
    assert kept(session, run) == [("confirmed", *WEEK, ORDER.id, 1)]


def test_an_order_ends_what_it_made_and_nothing_of_another(siti: Asn, session: AsyncSession, run: Run) -> None:
    later = (WEEK[1] + timedelta(days=1), WEEK[1] + timedelta(days=2))
    run(confirm_spans(session, ADMIN, ORDER, {siti.id: [WEEK]}, at=MONDAY))
    run(confirm_spans(session, ADMIN, OTHER, {siti.id: [later]}, at=MONDAY))
    for _ in range(2):
        run(end_spans(session, ADMIN, ORDER.id, DAY + timedelta(days=2), at=MONDAY))
    left = ("confirmed", DAY, DAY + timedelta(days=1), ORDER.id, 2)
    assert kept(session, run) == [left, ("confirmed", *later, OTHER.id, 1)]
    run(end_spans(session, ADMIN, ORDER.id, DAY, [uuid4()], at=MONDAY))
    assert kept(session, run)[0] == left, "of other people"
    run(end_spans(session, ADMIN, ORDER.id, DAY, at=MONDAY))
    assert kept(session, run)[0] == ("rejected", *left[1:4], 3)


def test_nobody_orders_people_out_of_reach(siti: Asn, session: AsyncSession, run: Run) -> None:
    with pytest.raises(AsnNotFound):
        run(confirm_spans(session, of_opd(Role.OPD_HEAD, "PUPR"), ORDER, {siti.id: [WEEK]}, at=MONDAY))
    operator = of_opd(Role.OPD_OPERATOR, "DISDIK")
    with pytest.raises(OnlyHeadConfirms):
        run(confirm_spans(session, operator, ORDER, {siti.id: [WEEK]}, at=MONDAY))
    with pytest.raises(OnlyHeadConfirms):
        run(end_spans(session, operator, ORDER.id, DAY, at=MONDAY))
    assert kept(session, run) == []
    run(confirm_spans(session, of_opd(Role.OPD_HEAD, "DISDIK"), ORDER, {siti.id: [WEEK]}, at=MONDAY))
    assert len(kept(session, run)) == 1
