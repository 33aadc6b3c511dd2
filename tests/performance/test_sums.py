"""Sums for many people: the database's word is that of the rule, and what is derived can be made anew."""

from collections.abc import Callable, Coroutine
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import upsert_rows
from app.core.ids import new_id
from app.core.periods import Period
from app.core.principal import SYSTEM
from app.performance.models import (
    PerformanceAchievement,
    PerformanceIndicator,
    PerformanceTarget,
    PerformanceVerification,
)
from app.performance.outcomes import PlanKey, judge, rebuild
from app.performance.own import read_own_outputs
from app.performance.planning import Indicator
from app.performance.plans import Version, keep_plans
from app.performance.queries import Span, capaian_by_opd, capaian_of, theme_totals
from app.performance.rules import Aspect, Better, OutputFigure, State, Theme, capaian, percent_of
from app.performance.tracing import load_lines
from app.registry.models import Asn
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.performance.plans import KTP, QUEUE, achieve, agree, indicator, plan, report, set_plan

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PERIODS = [f"2026-{month:02}" for month in range(1, 13)] + ["2026-Q3", "2026-Q4", "2026-11-20", "2026-11-23"]


@pytest.fixture
def some(make: Make, siti: Asn, run: Run, session: AsyncSession) -> list[Asn]:
    """People with plans and achievements of every kind, drawn with a fixed seed."""
    chance = Random(2026)
    people = [siti, *(make.asn(code, f"Pegawai {n}") for n, code in enumerate(["DISDIK", "DINKES"] * 6))]
    for person in people[::3]:
        make.absence(person, "CT", from_date=date(2026, 3, 1), to_date=date(2026, 3, 31))
    make.asn("DINKES", "Tanpa Rencana")
    plans = {PlanKey(one.id, 2026): Version(1, [], [_indicator(chance) for _ in range(4)]) for one in people}
    run(keep_plans(session, SYSTEM, plans, None, at=MONDAY))
    run(_report(session, chance, plans))
    run(session.commit())
    return people


def _indicator(chance: Random) -> Indicator:
    targets = {code: Decimal(chance.randint(1, 9)) for code in chance.sample(PERIODS, 6)}
    theme, better = chance.choice([None, *Theme]), chance.choice(list(Better))
    words = (f"Hasil {chance.random()}", None, theme, f"Ukuran {chance.random()}", Aspect.QUANTITY, "kali", better)
    return Indicator(new_id(), *words, chance.randint(1, 100), targets)


async def _report(session: AsyncSession, chance: Random, plans: dict[PlanKey, Version]) -> None:
    said, by = [], {"by": SYSTEM.id, "by_name": "uji", "at": MONDAY}
    keys = [(key, one.id, code) for key, plan in plans.items() for one in plan.after for code in one.targets]
    for key, indicator_id, code in keys:
        for version in range(chance.randint(0, 2)):
            fact = {"id": new_id(), "indicator_id": indicator_id, "asn_id": key.asn_id, "period": code}
            more = {"version": version + 1, "actual": chance.randint(0, 12), "evidence": "Arsip", "note": None}
            said.append(fact | more | by)
    await upsert_rows(session, PerformanceAchievement, said)
    words = [
        {"id": new_id(), "achievement_id": one["id"], "outcome": outcome, "reason": None, "examiner": None} | by
        for one in said
        if (outcome := chance.choice([None, State.ACCEPTED, State.ACCEPTED, State.RETURNED]))
    ]
    await upsert_rows(session, PerformanceVerification, words)
    await judge(session, [(indicator_id, code) for _, indicator_id, code in keys])


SPANS = ["2026-11", "2026-03", "2026-Q4", "2026-Q1", "2026"]


@pytest.mark.parametrize("code", SPANS)
@pytest.mark.parametrize("today", [date(2026, 11, 20), DAY, date(2027, 1, 10)])
def test_the_database_sums_by_the_rule(
    some: list[Asn], session: AsyncSession, run: Run, code: str, today: date
) -> None:
    period = Period.parse(code)
    span = Span(period.from_date, period.to_date, today)
    summed = run(capaian_of(session, [one.id for one in some], *span))
    for person in some:
        lines = run(load_lines(session, person.id, span))
        expected = capaian((line.outcome for line in lines), today)
        assert summed.get(person.id, capaian([], today)) == expected


@pytest.mark.parametrize("code", SPANS)
def test_an_opd_is_the_average_of_its_people(some: list[Asn], session: AsyncSession, run: Run, code: str) -> None:
    period = Period.parse(code)
    summed = run(capaian_of(session, None, period.from_date, period.to_date, DAY))
    figures = run(capaian_by_opd(session, period.from_date, period.to_date, DAY))
    for opd_code, people in (("DISDIK", [some[0], *some[1::2]]), ("DINKES", some[2::2])):
        known = [found for one in people if (found := summed.get(one.id)) is not None and found.weight]
        average = sum((found.earned / found.weight for found in known), Decimal())
        figure = figures[opd_code]
        assert (figure.known, figure.percent) == (len(known), percent_of(average, len(known)))
        assert figure.people == len(people) + (opd_code == "DINKES")
        waiting = [one for one in people if one.id in summed and summed[one.id].provisional]
        assert figure.provisional == len(waiting)


def test_a_reach_bounds_the_sums(some: list[Asn], session: AsyncSession, run: Run) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31), DAY)
    whole, bounded = run(capaian_by_opd(session, *year)), run(capaian_by_opd(session, *year, frozenset({"DINKES"})))
    assert bounded == {"DINKES": whole["DINKES"]}
    themes = run(theme_totals(session, *year, frozenset({"DINKES"})))
    assert {code for found in themes.values() for code in found} == {"DINKES"}


def test_what_is_derived_is_made_anew_from_the_facts(some: list[Asn], session: AsyncSession, run: Run) -> None:
    before = run(_derived(session))
    assert len(before) > 300
    run(rebuild(session))
    assert run(_derived(session)) == before


def test_what_is_derived_follows_every_write(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    first, second = agree(admin, siti, indicator(KTP, 3, m2026_10="10", m2026_11="10"), indicator(QUEUE, m2026_10="4"))
    achieve(admin, admin, first, "2026-10", "7")
    report(admin, second, "2026-10", "4")
    changed = plan(indicator(QUEUE, 9, m2026_10="5"), indicator(KTP, 3, m2026_10="14"), reason="Ralat")
    assert set_plan(admin, siti, changed, 1).status_code == 200
    achieve(admin, admin, second, "2026-10", "5")
    before = run(_derived(session))
    run(rebuild(session))
    assert run(_derived(session)) == before


async def _derived(session: AsyncSession) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for model in (PerformanceIndicator, PerformanceTarget):
        columns = model.__table__.columns
        found = await session.execute(select(*columns).order_by(*model.__table__.primary_key))
        rows += [(model.__tablename__, *row) for row in found]
    return rows


def test_everything_kept_about_a_person_is_told(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    achieve(admin, admin, one, "2026-10", "7")
    report(admin, one, "2026-10", "8", note="Ralat")
    path = f"/v1/performance/asn/{siti.id}/evaluations/2026-10"
    assert admin.put(path, {"results": "meets", "behaviour": "meets"}).status_code == 200
    told = run(read_own_outputs(session, siti.id, 2026))
    assert [kept["version"] for kept in told.plans] == [1]
    assert [(kept["actual"], kept["note"]) for kept in told.achievements] == [("7.0000", None), ("8.0000", "Ralat")]
    assert [(word["outcome"], word["by_name"]) for word in told.verifications] == [("accepted", "uji-admin")]
    assert [(kept.period, kept.results, kept.predikat_text) for kept in told.evaluations] == [
        ("2026-10", "meets", "Baik")
    ]
    nothing = run(read_own_outputs(session, siti.id, 2025))
    assert nothing.model_dump() == {"plans": [], "achievements": [], "verifications": [], "evaluations": []}


def test_numbers_are_written_as_the_reader_writes_them(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="12.5"))
    achieve(admin, admin, one, "2026-10", "8.1")
    path = f"/v1/performance/asn/{siti.id}?period=2026-10"
    said = admin.get(path).json()
    assert said["indicators"][0]["targets"][0]["text"].startswith("Target 12,5 dokumen, realisasi 8,1;")
    assert [line["text"] for line in said["lines"]] == [
        "Capaian 64,8 %: bobot 0,648 tercapai dari 1.",
        f"{KTP}: 64,8 %.",
    ]
    english = admin.get(path, headers={"accept-language": "en"}).json()
    assert "64.8 %" in english["lines"][0]["text"]


def test_figures_add_up() -> None:
    one, other = OutputFigure(3, 2, 1, Decimal("1.5"), 4), OutputFigure(1, 1, 0, Decimal("0.5"), 2)
    assert one + other == OutputFigure(4, 3, 1, Decimal("2.0"), 6)
