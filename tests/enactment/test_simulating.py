"""What a policy would have changed, asked over HTTP: OPDs, people, tiers and money, and nothing written."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from app.attendance.models import Finding, Mark
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Role
from app.registry.models import Asn
from app.scoring.facts import load_mark_facts, load_shared_marks
from app.scoring.persons import MarkFact, by_day, by_person
from app.tpp.models import TppRate
from app.workdays.models import WorkdayRecord
from tests.conftest import SURROUNDINGS
from tests.enactment.test_activating import draft
from tests.make import NOBODY
from tests.monday import claim, naming
from tests.policies.documents import changed
from tests.scoring.conftest import FIRST, WEEK, Season
from tests.workdays.test_facts import file

CUTS = [
    {"code": "TL1", "from_minutes": 1, "to_minutes": 30, "percent": "0.5"},
    {"code": "TL2", "from_minutes": 31, "to_minutes": None, "percent": "1"},
]
TPP: dict[str, Any] = {
    "base": "discipline",
    "discipline_percent": "40",
    "employment": ["PNS"],
    "late": CUTS,
    "early": [],
    "absent_day": "3",
    "apel": [{"kind": "apel_gabungan", "weekdays": [1], "percent": "2"}],
    "absence_absorbs_apel": True,
    "cap_percent": "100",
    "exempt_codes": ["DL"],
    "round_to": 1,
    "rounding": "half_up",
    "round_what": "total",
    "objection_days": 3,
    "source": "Perbup contoh",
    "verified": False,
}
STEPS = [{"code": "pembinaan-lisan", "at_least": 2, "advice": "Pembinaan lisan."}]
STRICT = changed(
    version=2,
    effective_from="2026-12-01",
    **{"points.duty_rate.points": 40, "points.timeliness.points": 40, "points.accuracy.points": 20},
    **{"person.unexplained": 50, "apel_ledger.steps": STEPS, "discipline": [], "procedure": None, "tpp": [TPP]},
)
SPAN = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def people(season: Season) -> list[Asn]:
    """Two Mondays of DISDIK: one of five misses both without a word and three working days, another the second."""
    people = season.opd("DISDIK", 5)
    season.opd("DINKES", 5)
    for week, missing in enumerate((people[:1], people[:2])):
        apel = season.apel(FIRST + week * WEEK)
        figures = claim(5, 5 - len(missing), unexplained=len(missing))
        season.report(apel, "DISDIK", naming(figures, *((person, "TK", None) for person in missing)))
        season.report(apel, "DINKES", naming(claim(5, 5)))
        season.scores(apel)
    on = file(season.make)
    alpa = {"code": "TK", "status": "Alpa", "day_over": True}
    days: dict[int, dict[str, Any]] = dict.fromkeys((4, 5, 6), alpa)
    days[3] = {"clock_in": time(7, 50), "clock_out": time(16, 30), "day_over": True}
    season.make.add(*[
        WorkdayRecord(import_id=on.id, line=day, asn_id=people[0].id, day=date(2026, 11, day), **fields)
        for day, fields in days.items()
    ])  # fmt: skip
    season.make.add(
        TppRate(
            asn_id=people[0].id,
            from_date=date(2026, 1, 1),
            amount=Decimal(4_000_000),
            sha256="0" * 64,
            loaded_by=NOBODY,
            loaded_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        )
    )
    return people


def simulate(season: Season, path: str, role: Role = Role.ADMIN, **changes: Any) -> Any:
    return season.api.as_(role).post(f"{path}/simulate", SPAN | changes)


def test_a_simulation_tells_which_opds_and_people_change_and_by_how_much_money(
    season: Season, people: list[Asn]
) -> None:
    answer = simulate(season, draft(season, STRICT))
    assert answer.status_code == 200, answer.text
    siti, budi = people[0], people[1]
    same: dict[str, Any] = {"points": None, "apel_step": None, "discipline": [], "tpp": [], "tpp_difference": 0}
    assert answer.json() == {
        "policy": "apel-dasar@2",
        "in_force": ["apel-dasar@1"],
        "from": "2026-11-01",
        "to": "2026-11-30",
        "as_concluded": False,
        "totals": {
            "apels": 2,
            "units": 2,
            "people": 10,
            "opds_changed": 1,
            "people_changed": 2,
            "points_up": 2,
            "points_down": 0,
            "apel_steps": [
                {"old": "pengingat", "new": None, "people": 1},
                {"old": "pengingat", "new": "pembinaan-lisan", "people": 1},
            ],
            "discipline": [{"old": "R1", "new": None, "people": 1}],
            "tpp": {
                "people": 2,
                "without_rate": 1,
                "old_amount": 0,
                "new_amount": 216_000,
                "difference": 216_000,
            },
        },
        "opd": [
            {
                "opd_code": "DISDIK",
                "standings": [
                    {
                        "kind": "apel_gabungan",
                        "old": {"apels": 2, "points": 82.0, "band": "kecil", "rank": 2, "tier": "baik"},
                        "new": {"apels": 2, "points": 88.0, "band": "kecil", "rank": 2, "tier": "baik"},
                    }
                ],
                "people": 2,
                "tpp_difference": 216_000,
            }
        ],
        "people": [
            same
            | {
                "asn_id": str(siti.id),
                "name": siti.name,
                "nip_masked": f"**************{siti.nip[-4:]}",
                "opd_code": "DISDIK",
                "points": {"old": 0.0, "new": 50.0},
                "apel_step": {"old": "pengingat", "new": "pembinaan-lisan"},
                "discipline": [{"year": 2026, "old": "R1", "new": None, "old_days": 3, "new_days": 3}],
                # Three days at 3 %, twenty minutes at 0.5 %, two Mondays at 2 %: 13.5 % of the 40 %.
                "tpp": [
                    {
                        "month": "2026-11-01",
                        "old_percent": 0.0,
                        "new_percent": 5.4,
                        "old_amount": 0,
                        "new_amount": 216_000,
                    }
                ],
                "tpp_difference": 216_000,
                "href": f"/v1/scores/asn/{siti.id}",
            },
            same
            | {
                "asn_id": str(budi.id),
                "name": budi.name,
                "nip_masked": f"**************{budi.nip[-4:]}",
                "opd_code": "DISDIK",
                "points": {"old": 50.0, "new": 75.0},
                "apel_step": {"old": "pengingat", "new": None},
                "tpp": [
                    {
                        "month": "2026-11-01",
                        "old_percent": 0.0,
                        "new_percent": 0.8,
                        "old_amount": None,
                        "new_amount": None,
                    }
                ],
                "href": f"/v1/scores/asn/{budi.id}",
            },
        ],
        "more_people": 0,
    }


def test_the_same_rules_change_nothing(season: Season, people: list[Asn]) -> None:
    answer = simulate(season, draft(season, changed(version=2, title="Lain")), role=Role.INSPECTOR).json()
    assert (answer["opd"], answer["people"], answer["totals"]["people_changed"]) == ([], [], 0)


def test_nothing_is_written_but_who_asked_about_whom(season: Season, people: list[Asn], run: Any, session: Any) -> None:
    path = draft(season, STRICT)
    tables = run(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
    counting = text(" UNION ALL ".join(
        f"SELECT '{name}', count(*), sum(hashtextextended({name}::text, 0)::numeric) FROM {name}"
        for name in sorted(tables) if name != "audit_entry"
    ))  # fmt: skip
    simulate(season, path)  # the first who asks about a year has its calendar made
    before = run(session.execute(counting)).all()
    answer = simulate(season, path, limit=1).json()
    assert (len(answer["people"]), answer["more_people"]) == (1, 1)
    assert run(session.execute(counting)).all() == before
    asked = select(AuditEntry).where(AuditEntry.action == "policies.simulate").order_by(AuditEntry.id)
    entry = run(session.scalars(asked)).all()[-1]
    assert (entry.target, entry.subjects, entry.detail) == (
        "apel-dasar@2",
        [subject_of(SURROUNDINGS.audit_key, people[0].nip)],
        SPAN,
    )


def test_what_was_simulated_is_what_comes_about(season: Season, people: list[Asn]) -> None:
    path = draft(season, STRICT | {"effective_from": "2026-11-01"})
    [opd] = simulate(season, path).json()["opd"]
    assert season.api.as_(Role.ADMIN).post(f"{path}/activate").status_code == 200
    for row in season.api.as_(Role.ADMIN).get("/v1/apel").json()["items"]:
        assert season.api.as_(Role.ADMIN).get(f"/v1/apel/{row['id']}/scores").status_code == 200
    standings = season.api.as_(Role.BUPATI).get("/v1/scores/opd?from=2026-11-01&to=2026-11-30").json()["items"]
    [made] = [row for row in standings if row["opd_code"] == "DISDIK"]
    assert opd["standings"][0]["new"] == {name: made[name] for name in ("apels", "points", "band", "rank", "tier")}
    person = season.api.as_(Role.ADMIN).get(f"/v1/scores/asn/{people[0].id}?period=2026-11").json()
    assert person["points"] == 50.0


@pytest.mark.parametrize(
    "span", [{"from": "2026-11-30", "to": "2026-11-01"}, {"from": "2025-11-01", "to": "2026-11-30"}]
)
def test_a_span_ends_after_it_begins_and_is_a_year_at_most(season: Season, span: dict[str, Any]) -> None:
    answer = simulate(season, draft(season), **span)
    assert (answer.status_code, answer.json()["code"]) == (422, "simulation-span-invalid")


def test_a_fact_that_people_share_says_of_an_apel_what_the_mark_of_each_says(
    season: Season, people: list[Asn], run: Any, session: Any
) -> None:
    year = date(2026, 1, 1), date(2026, 12, 31)
    here = [mark for mark in run(load_mark_facts(session, *year)) if mark.status == "H"]
    left, corrected, unasked = here[:3]
    season.make.add(*[
        Finding(id=uuid4(), apel_id=mark.apel_id, code="left-early", grade="suspicious", opd_code=mark.opd_code,
                asn_id=mark.asn_id, facts={}, revision=1)
        for mark in (left, corrected)
    ])  # fmt: skip
    run(session.execute(update(Mark).where(Mark.id == corrected.mark_id).values(reason="corrected")))
    run(session.execute(update(Mark).where(Mark.id == unasked.mark_id).values(status="NR")))
    own = by_person(run(load_mark_facts(session, *year)))
    shared = run(load_shared_marks(session, *year, list(own)))
    assert [mark.asn_id for marks in own.values() for mark in marks if mark.left_early] == [left.asn_id]
    assert {who: _told(marks) for who, marks in shared.items()} == {who: _told(marks) for who, marks in own.items()}


def _told(marks: list[MarkFact]) -> list[tuple[Any, ...]]:
    by_time = sorted(marks, key=by_day)
    return [(mark.apel_id, mark.on_date, mark.kind, mark.status, mark.left_early) for mark in by_time]
