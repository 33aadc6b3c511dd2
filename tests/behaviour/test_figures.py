"""What is offered to the composite: the database weighs as the rules do, and in a fixed number of statements."""

from collections.abc import Callable, Coroutine
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.behaviour.berakhlak import GUIDES
from app.behaviour.figures import BehaviourFigure, PersonFigure, points_by_opd, points_of, proposal_of
from app.behaviour.models import Assessment, PeerRating
from app.behaviour.queries import list_spreads_of
from app.behaviour.rules import Unsaid, average, day_of, judge
from app.behaviour.standing import rebuild_all_standings
from app.behaviour.training_reading import read_own_behaviour
from app.core.periods import Period
from app.core.principal import Grant, Principal, Role
from app.policies.rules_of_performance import Expectation
from app.policies.service import rules_on
from app.registry.models import Asn
from tests.behaviour.words import all_of, put_in_force, weighing
from tests.client import Api
from tests.make import DAY, MONDAY, NOBODY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def opds(make: Make) -> None:
    make.opd("DISDIK")
    make.opd("PUPR")


def say(make: Make, person: Asn, period: str, ratings: dict[str, str], rater: str = "superior") -> None:
    about = {"asn_id": person.id, "period": period, "rater": rater, "version": 1, "ratings": ratings}
    make.add(Assessment(**about, by_id=NOBODY, by_name="uji", at=MONDAY))


def random_words(chance: Random) -> dict[str, str]:
    rated = chance.sample(sorted(GUIDES), chance.randint(1, len(GUIDES)))
    return {guide: chance.choice(list(Expectation)).value for guide in rated}


def test_the_database_weighs_as_the_rules_do(api: Api, opds: None, make: Make, session: AsyncSession, run: Run) -> None:
    put_in_force(api, **weighing(47, 36, 17) | {"effective_from": "2026-06-01"})
    chance, people = Random(20), [make.asn("DISDIK" if n % 3 else "PUPR", f"Orang {n}") for n in range(30)]
    for person in people:
        for period in ("2026-02", "2026-07", "2026-Q3", "2026-11"):
            for rater in ("superior", "self"):
                if chance.random() < 0.7:
                    say(make, person, period, random_words(chance), rater)
            about = {"asn_id": person.id, "period": period, "version": 1}
            peers = range(chance.choice([0, 2, 3, 7]))
            make.add(*(PeerRating(**about, peer=str(n), ratings=random_words(chance)) for n in peers))

    async def compare() -> None:
        assert await rebuild_all_standings(session) > 100
        found = await points_of(session, [person.id for person in people], *YEAR, today=DAY)
        expected = {person.id: await means_by_the_rules(session, person) for person in people}
        assert {asn_id: figure.points for asn_id, figure in found.items()} == expected
        assert len({points for points in expected.values() if points is not None}) > 20
        by_opd = await points_by_opd(session, *YEAR, today=DAY)
        for code, some in (("PUPR", people[::3]), ("DISDIK", [one for n, one in enumerate(people) if n % 3])):
            known = [points for one in some if (points := expected[one.id]) is not None]
            assert by_opd[code] == BehaviourFigure(len(some), len(known), sum(known, Decimal(0)))
            assert by_opd[code].average == average(known)

    run(compare())


async def means_by_the_rules(session: AsyncSession, person: Asn) -> Decimal | None:
    points = []
    for spread in await list_spreads_of(session, person.id, *YEAR):
        rules = await rules_on(session, day_of(Period.parse(spread.period), DAY))
        points.append(judge(spread.said, rules.behaviour).points)
    return average(one for one in points if one is not None)


def test_the_periods_within_the_span_are_averaged_and_the_others_left_out(
    opds: None, make: Make, session: AsyncSession, run: Run
) -> None:
    budi, citra = make.asn(name="Budi"), make.asn(name="Citra")
    for period, word in (("2026-09", "below"), ("2026-10", "above"), ("2026-11", "meets"), ("2026", "below")):
        say(make, budi, period, all_of(word))
    say(make, citra, "2026-11", all_of("above"), "self")

    async def look(first: date, last: date) -> dict[str, PersonFigure]:
        found = await points_of(session, [budi.id, citra.id], first, last, today=DAY)
        return {"budi": found[budi.id], "citra": found[citra.id]}

    run(rebuild_all_standings(session))
    silent = PersonFigure(None, Unsaid.NO_SUPERIOR, 0)
    assert run(look(date(2026, 10, 1), date(2026, 11, 30))) == {
        "budi": PersonFigure(Decimal("90.00"), None, 2),
        "citra": silent,
    }
    assert run(look(*YEAR))["budi"] == PersonFigure(Decimal("65.00"), None, 4)
    assert run(look(date(2026, 10, 2), date(2026, 10, 31))) == {"budi": silent, "citra": silent}


def test_people_count_where_they_serve_at_the_end_and_whoever_is_unknown_lowers_nothing(
    opds: None, make: Make, session: AsyncSession, run: Run
) -> None:
    moved = make.asn("PUPR", "Eka", to_date=date(2026, 10, 31))
    make.asn("DISDIK", "Budi")
    say(make, moved, "2026-10", all_of("meets"))
    run(rebuild_all_standings(session))
    october, november = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 10, 1), date(2026, 11, 30))
    assert run(points_by_opd(session, *october, today=DAY)) == {
        "PUPR": BehaviourFigure(1, 1, Decimal("80.00")),
        "DISDIK": BehaviourFigure(1, 0, Decimal(0)),
    }
    left = run(points_by_opd(session, *november, today=DAY))
    assert left == {"DISDIK": BehaviourFigure(1, 0, Decimal(0))}
    assert left["DISDIK"].average is None


def test_what_a_policy_leaves_unsaid_is_told_apart_from_silence(
    api: Api, opds: None, make: Make, session: AsyncSession, run: Run
) -> None:
    budi = make.asn()
    say(make, budi, "2026-11", all_of("meets"))
    run(rebuild_all_standings(session))
    put_in_force(api, **weighing(0, 100, 0))

    def look() -> PersonFigure:
        found: PersonFigure = run(points_of(session, [budi.id], *YEAR, today=DAY))[budi.id]
        return found

    assert look() == PersonFigure(None, Unsaid.NO_WEIGHT, 0)
    put_in_force(api, version=8, behaviour=None, effective_from="2026-11-01")
    assert look() == PersonFigure(None, Unsaid.NO_RULE_SET, 0)


def test_a_proposal_is_the_superior_s_word_or_nothing(opds: None, make: Make, session: AsyncSession, run: Run) -> None:
    budi, citra = make.asn(name="Budi"), make.asn(name="Citra")
    say(make, budi, "2026-11", all_of("above"))
    say(make, citra, "2026-11", all_of("above"), "self")
    run(rebuild_all_standings(session))
    november, october = Period.parse("2026-11"), Period.parse("2026-10")
    assert run(proposal_of(session, budi.id, november, today=DAY)) is Expectation.ABOVE
    assert run(proposal_of(session, budi.id, october, today=DAY)) is None
    assert run(proposal_of(session, citra.id, november, today=DAY)) is None


def test_statements_do_not_depend_on_the_number_of_people(
    opds: None, make: Make, session: AsyncSession, run: Run, engine: AsyncEngine
) -> None:
    people = [make.asn(name=f"Orang {n}") for n in range(12)]

    def statements(number: int) -> int:
        for person in people[:number]:
            say(make, person, f"2026-{number:02}", all_of("meets"))
        run(rebuild_all_standings(session))
        counted: list[str] = []
        listen = lambda *arguments: counted.append(arguments[2])  # noqa: E731 — taken off again below
        event.listen(engine.sync_engine, "before_cursor_execute", listen)
        first, last = Period.parse(f"2026-{number:02}").from_date, Period.parse(f"2026-{number:02}").to_date
        try:
            run(points_of(session, [person.id for person in people], first, last, today=DAY))
            run(points_by_opd(session, first, last, today=DAY))
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", listen)
        return len(counted)

    statements(1)
    assert statements(2) == statements(11)


def test_the_own_record_tells_each_period_of_the_year(opds: None, make: Make, session: AsyncSession, run: Run) -> None:
    budi = make.asn(name="Budi")
    for period in ("2025-12", "2026-10", "2026-Q3", "2026"):
        say(make, budi, period, all_of("meets"))
    # Two peers alone: that they spoke is not told either.
    make.add(*(PeerRating(asn_id=budi.id, period="2026-09", peer=p, version=1, ratings=all_of("meets")) for p in "ab"))
    run(rebuild_all_standings(session))
    himself = Principal(budi.id, "asn", (Grant(Role.ASN, None, frozenset()),), budi.id)
    own = run(read_own_behaviour(session, himself, budi.id, 2026, "id", at=MONDAY))
    assert [(one.period, one.points, one.superior.by) for one in own.periods] == [
        ("2026", 80.0, "uji"),
        ("2026-Q3", 80.0, "uji"),
        ("2026-10", 80.0, "uji"),
    ]
    assert (own.year, own.trainings.hours, own.trainings.due) == (2026, 0, 20)
