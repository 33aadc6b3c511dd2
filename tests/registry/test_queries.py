"""What other rooms ask of the register, on a real database."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.registry import queries, rules
from app.registry.errors import OpdNotFound
from app.registry.rules import Node, Reports
from tests.make import DAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
BEFORE = DAY - timedelta(days=1)


def test_the_tree_of_a_day_holds_the_opds_that_exist_on_it(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("KEC", type="kecamatan")
    make.opd("KEL", type="kelurahan", parent_code="KEC", reports="no", from_date=DAY)
    make.opd("OLD", to_date=BEFORE)
    today = {"KEC": Node("KEC", None, Reports.YES), "KEL": Node("KEL", "KEC", Reports.NO)}
    assert run(queries.load_tree(session, DAY)) == today
    assert set(run(queries.load_tree(session, BEFORE))) == {"KEC", "OLD"}


def test_an_unknown_opd_is_not_found(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("DISDIK")
    assert run(queries.get_opd(session, "DISDIK")).code == "DISDIK"
    with pytest.raises(OpdNotFound):
        run(queries.get_opd(session, "NONE"))


def test_a_head_reaches_below_and_an_operator_what_the_unit_answers_for(
    make: Make, session: AsyncSession, run: Run
) -> None:
    make.opd("DINKES")
    make.opd("PKM", parent_code="DINKES", reports="part")
    make.opd("PUSTU", parent_code="PKM", reports="no")
    make.opd("RSUD", parent_code="DINKES")
    make.opd("LAB", parent_code="DINKES", reports="no")
    tree = run(queries.load_tree(session, DAY))
    assert rules.below(tree, "DINKES") == {"DINKES", "PKM", "PUSTU", "RSUD", "LAB"}
    assert rules.covered_by(tree, "DINKES") == {"DINKES", "LAB"}
    assert rules.covered_by(tree, "PKM") == {"PKM", "PUSTU"}
    assert rules.below(tree, "NONE") == frozenset()


def test_the_roster_of_a_day_follows_the_dates_of_assignments(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("DISDIK")
    make.opd("PUPR")
    moved = make.asn("DISDIK", "Budi", to_date=BEFORE)
    make.add(_assignment(moved.id, "PUPR", DAY))
    make.asn("DISDIK", "Ani", to_date=BEFORE)
    closed = make.opd("OLD", to_date=BEFORE)
    make.asn(closed.code, "Citra")
    names = {(row.opd_code, row.name) for row in run(queries.list_roster_rows(session, DAY))}
    assert names == {("PUPR", "Budi")}
    assert {(row.opd_code, row.name) for row in run(queries.list_roster_rows(session, BEFORE))} == {
        ("DISDIK", "Ani"),
        ("DISDIK", "Budi"),
        ("OLD", "Citra"),
    }
    assert run(queries.opd_of_asn(session, moved.id, BEFORE)) == "DISDIK"
    assert run(queries.opd_of_asn(session, moved.id, DAY)) == "PUPR"
    assert run(queries.opd_of_asn(session, uuid4(), DAY)) is None


def _assignment(asn_id: Any, opd_code: str, from_date: date) -> Any:
    from app.registry.models import Assignment

    return Assignment(asn_id=asn_id, opd_code=opd_code, position="Pelaksana", apel_duty=True, from_date=from_date)


def test_a_roster_can_be_that_of_some_opds(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("DINKES")
    make.opd("PKM", parent_code="DINKES", reports="part")
    make.opd("RSUD", parent_code="DINKES")
    for code in ("DINKES", "PKM", "RSUD"):
        make.asn(code, f"Orang {code}", apel_duty=code != "PKM")
    rows = run(queries.list_roster_rows(session, DAY, {"DINKES", "PKM"}))
    assert [(row.opd_code, row.apel_duty) for row in rows] == [("DINKES", True), ("PKM", False)]
    assert run(queries.list_roster_rows(session, DAY, [])) == []


def test_the_definitive_head_comes_before_a_later_substitute(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("DISDIK")
    make.opd("PUPR")
    siti, budi = make.asn("DISDIK", "Siti"), make.asn("PUPR", "Budi")
    make.head("DISDIK", budi, "Plh", from_date=DAY)
    make.head("DISDIK", siti)
    make.head("PUPR", siti, "Plt", from_date=BEFORE)
    make.head("PUPR", budi, to_date=BEFORE)
    assert run(queries.list_heads(session, DAY)) == [
        ("DISDIK", siti.id, "Siti", "definitif"),
        ("DISDIK", budi.id, "Budi", "Plh"),
        ("PUPR", siti.id, "Siti", "Plt"),
    ]


def test_nips_are_looked_up_all_at_once(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd()
    siti = make.asn(nip="198501012010012001")
    assert run(queries.find_asn_by_nips(session, ["198501012010012001", "198501012010012002"])) == {siti.nip: siti.id}
