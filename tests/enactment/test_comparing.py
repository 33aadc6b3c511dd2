"""Two versions of the rules over the same facts: what is compared, and what cannot differ."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.weighing import RunningSanction
from app.enactment.comparing import (
    Comparison,
    Differs,
    Move,
    PersonChange,
    Seen,
    Step,
    count_moves,
    in_order,
    longest_needed,
)
from app.enactment.ground import Ground, PeopleFacts, Person
from app.enactment.tpp_months import Cut, Months, what_may_be_cut
from app.enactment.versions import Reign, always
from app.policies.models import Policy
from app.policies.reading import read_rules, shipped_document
from app.policies.rules import Rules
from app.policies.rules_of_tpp import ApelCut, RoundWhat, TppBase
from app.registry.rules import WorkPattern
from app.scoring.persons import MarkFact, apel_ledger, score_person
from app.tpp.months import PersonMonth
from app.tpp.rules import calculate
from app.workdays.reading import WorkingDays
from app.workdays.rules import DayFact, VerdictKind, make_ledger
from tests.tpp.tables import table

SITI = Person(UUID(int=1), "198501012010012001", "Siti", "PNS", "DISDIK", WorkPattern.FIVE_DAYS)
FROM, TO = date(2026, 1, 1), date(2026, 12, 31)


def shipped(**changes: Any) -> Rules:
    document = shipped_document()
    row = Policy(
        id=uuid4(),
        code="apel-dasar",
        version=1,
        title="",
        legal_basis="",
        effective_from=date(2020, 1, 1),
        document=document.model_dump(mode="json"),
    )
    return replace(read_rules(row), **changes)


def ground(*versions: Rules, from_date: date = FROM, to_date: date = TO) -> Ground:
    return Ground(from_date, to_date, Reign(versions), {}, WorkingDays({}, date(2025, 10, 1), date(2027, 1, 31)))


def absent(*days: date) -> list[DayFact]:
    return [DayFact(SITI.asn_id, day, VerdictKind.ABSENT, code="TK") for day in days]


def test_the_rules_of_a_day_are_those_that_began_last_and_of_one_day_those_put_in_force_later() -> None:
    first, second, third = (
        shipped(version=number, effective_from=day)
        for number, day in ((1, FROM), (2, date(2026, 7, 1)), (3, date(2026, 7, 1)))
    )
    reign = Reign((first, second, third), {SITI.asn_id: second})
    assert [reign.on(day).version for day in (FROM, date(2026, 6, 30), date(2026, 7, 1), TO)] == [1, 1, 3, 3]
    assert reign.of_apel(SITI.asn_id, TO).version == 2
    assert {rules.version for rules in reign.between(FROM, TO)} == {1, 2, 3}
    with pytest.raises(LookupError):
        reign.on(date(2025, 12, 31))
    assert always(third).on(date(1999, 1, 1)).version == 3


NOTHING = {"points": False, "apel_ledger": False, "discipline": False, "tpp": False}


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        pytest.param({"version": 2, "minutes_per_point": 9}, {}, id="what is only asked about units"),
        pytest.param({"person": None}, {"points": True}, id="points of persons"),
        pytest.param({"apel_ledger": None}, {"apel_ledger": True}, id="the ledger of apels"),
        pytest.param({"workdays": None}, {"discipline": True}, id="lateness"),
        pytest.param({"discipline": ()}, {"discipline": True}, id="tiers"),
        pytest.param({"tpp": (table(),)}, {"tpp": True}, id="the table of the TPP"),
        pytest.param({"exemptions": None}, {"points": True, "apel_ledger": True, "tpp": True}, id="exemptions"),
    ],
)
def test_only_what_the_rules_differ_in_is_compared(changes: dict[str, Any], differs: dict[str, bool]) -> None:
    assert Differs.between(ground(shipped()), shipped(**changes)) == Differs(**NOTHING | differs)


def test_a_part_that_changed_within_the_span_is_compared_although_the_last_version_says_the_same() -> None:
    earlier, later = shipped(person=None), shipped(effective_from=date(2026, 7, 1))
    assert Differs.between(ground(earlier, later), shipped()).points


def months(rules: Rules, days: Sequence[DayFact], **more: Any) -> tuple[Cut, ...]:
    on = ground(rules)
    marks: Sequence[MarkFact] = more.pop("marks", ())
    return Months(always(rules), on).cuts(SITI, what_may_be_cut(marks, days), **{"sanctions": (), "rates": ()} | more)


def test_what_follows_an_early_december_is_january_s() -> None:
    rules = shipped(tpp=(table(december_closes_on=20),))
    on = ground(rules, from_date=date(2025, 12, 1), to_date=date(2026, 1, 31))
    days = absent(date(2025, 12, 19), date(2025, 12, 29), date(2025, 12, 30))
    cuts = Months(always(rules), on).cuts(SITI, what_may_be_cut((), days), sanctions=(), rates=())
    # A day is 3 % of the 40 %.
    assert cuts == (Cut(date(2025, 12, 1), Decimal("1.2"), None), Cut(date(2026, 1, 1), Decimal("2.4"), None))


def test_a_december_before_the_span_was_closed_by_the_rules_of_its_time() -> None:
    on = ground(shipped(), from_date=FROM, to_date=TO)
    rules = shipped(tpp=(table(december_closes_on=20),))
    days = absent(date(2025, 12, 29), date(2026, 1, 5))
    cuts = Months(always(rules), on).cuts(SITI, what_may_be_cut((), days), sanctions=(), rates=())
    assert cuts == (Cut(FROM, Decimal("1.2"), None),)


def test_each_month_is_paid_by_the_rate_that_holds_on_its_first_day() -> None:
    rates = [(FROM, Decimal(1_000_000)), (date(2026, 3, 2), Decimal(2_000_000))]
    days = absent(date(2026, 3, 3), date(2026, 4, 1))
    cuts = months(shipped(tpp=(table(),)), days, rates=rates)
    assert [cut.amount for cut in cuts] == [Decimal(12_000), Decimal(24_000)]


def test_where_no_table_is_loaded_nothing_is_cut() -> None:
    rules = shipped(tpp=(table(employment=frozenset({"PPPK"})),))
    assert months(rules, absent(date(2026, 3, 3))) == ()


def test_one_day_fewer_to_a_tier_moves_a_person_and_the_same_rules_move_nobody() -> None:
    old = shipped()
    [pp94] = old.discipline
    first, *rest = pp94.tiers
    milder = replace(old, discipline=(replace(pp94, tiers=(replace(first, at_least=2), *rest)),))
    facts = PeopleFacts([SITI], days={SITI.asn_id: absent(date(2026, 3, 3), date(2026, 3, 4))})
    for new, tiers in ((milder, (None, "R1")), (old, None)):
        on = ground(old)
        changes = Comparison(on, always(new), Differs.between(on, new)).compare(facts)
        moved = [(one.old.discipline[0][1].tier, one.new.discipline[0][1].tier) for one in changes]
        assert moved == ([] if tiers is None else [tiers])


def test_a_streak_matters_from_as_many_absent_days_as_the_shorter_of_both_tables_asks() -> None:
    old = shipped()
    [pp94] = old.discipline
    assert pp94.streak is not None
    shorter = replace(old, discipline=(replace(pp94, streak=replace(pp94.streak, days=7)),))
    assert longest_needed(ground(old), shorter) == 7
    assert longest_needed(ground(replace(old, discipline=())), replace(old, discipline=())) is None


def test_moves_are_counted_and_the_largest_comes_first() -> None:
    pairs = [(None, "R1"), ("R1", "R1"), ("R2", "R1"), (None, "R1")]
    assert count_moves(pairs) == [Move(None, "R1", 2), Move("R2", "R1", 1)]


def test_what_weighs_most_comes_first() -> None:
    def change(number: int, money: int = 0, tier: str | None = None, points: int = 0) -> PersonChange:
        old = Seen(Decimal(0), None, ((2026, Step(None, 0)),), ())
        cuts = (Cut(FROM, Decimal(1), Decimal(money)),) if money else ()
        new = Seen(Decimal(points), None, ((2026, Step(tier, 0)),), cuts)
        return PersonChange(SITI._replace(asn_id=UUID(int=number)), old, new)

    changes = [change(1, points=5), change(2, tier="R1"), change(3, points=9), change(4, money=7), change(5, money=-8)]
    assert [one.person.asn_id.int for one in in_order(changes)] == [5, 4, 2, 3, 1]


@st.composite
def _month_of_facts(draw: st.DrawFn) -> tuple[list[DayFact], list[MarkFact]]:
    days, marks = [], []
    for number in draw(st.lists(st.integers(2, 27), min_size=1, max_size=6, unique=True)):
        day = date(2026, 3, number)
        kind = draw(st.sampled_from([VerdictKind.PRESENT, VerdictKind.ABSENT, VerdictKind.EXCUSED]))
        code = {VerdictKind.PRESENT: "H", VerdictKind.ABSENT: "TK"}.get(kind) or draw(st.sampled_from(["DL", "CB"]))
        late, early = draw(st.tuples(st.integers(0, 120), st.integers(0, 120)))
        worked = kind is VerdictKind.PRESENT
        flags = draw(st.tuples(st.booleans(), st.booleans())) if worked else (False, False)
        days.append(DayFact(SITI.asn_id, day, kind, late * worked, early * worked, *flags, code))
        if draw(st.booleans()):
            status = draw(st.sampled_from(["TK", "CB", "H"]))
            marks.append(MarkFact(SITI.asn_id, uuid4(), uuid4(), day, "apel_gabungan", status, None, False, "A", "A"))
    return sorted(days, key=lambda fact: fact.day), marks


SANCTION = RunningSanction(UUID(int=2), "S1", "sedang", date(2026, 2, 1), None, 25)


@given(
    st.lists(_month_of_facts(), min_size=2, max_size=8),
    st.sampled_from(list(TppBase)),
    st.sampled_from(RoundWhat),
    st.sampled_from([None, Decimal(3_333_333)]),
    st.sampled_from([(), (SANCTION,)]),
    st.sampled_from([Decimal(4), Decimal(100)]),
)
def test_a_month_takes_what_it_takes_of_a_person_calculated_alone(
    facts: list[tuple[list[DayFact], list[MarkFact]]],
    base: TppBase,
    round_what: RoundWhat,
    rate: Decimal | None,
    sanctions: tuple[RunningSanction, ...],
    cap: Decimal,
) -> None:
    weekdays = (ApelCut("apel_gabungan", frozenset({1, 2, 3, 4, 5}), Decimal("4.5")),)
    cuts = table(base=base, round_what=round_what, apel=weekdays, full_cut_days=4, cap_percent=cap)
    rules = shipped(tpp=(cuts,))
    assert rules.exemptions is not None
    together = Months(always(rules), ground(rules))
    rates = [] if rate is None else [(FROM, rate)]
    for days, marks in facts:
        made = together.cuts(SITI, what_may_be_cut(marks, days), sanctions=sanctions, rates=rates)
        # March 2026 has 22 working days.
        alone = calculate(PersonMonth(days, marks, sanctions, 22, rate), cuts, exempt=rules.exemptions.codes)
        told = {cut.month: (cut.percent, cut.amount) for cut in made}
        assert told.get(date(2026, 3, 1), (0, alone.amount)) == (alone.percent, alone.amount)


@given(_month_of_facts())
def test_a_comparison_says_of_each_side_what_a_person_judged_alone_is_told(
    facts: tuple[list[DayFact], list[MarkFact]],
) -> None:
    days, marks = facts
    old = shipped()
    [pp94] = old.discipline
    assert old.person
    assert old.apel_ledger
    first, *rest = pp94.tiers
    new = replace(
        old,
        person=replace(old.person, unexplained=50, minimum_apels=1),
        apel_ledger=replace(old.apel_ledger, steps=old.apel_ledger.steps[1:]),
        discipline=(replace(pp94, tiers=(replace(first, at_least=2), *rest)),),
        tpp=(table(),),
    )
    on = ground(old)
    known = PeopleFacts([SITI], marks={SITI.asn_id: marks[::-1]}, days={SITI.asn_id: days})
    expected = [_alone(rules, days, marks) for rules in (old, new)]
    told = Comparison(on, always(new), Differs.between(on, new)).compare(known)
    assert [(one.old, one.new) for one in told] == ([tuple(expected)] if expected[0] != expected[1] else [])


def _alone(rules: Rules, days: list[DayFact], marks: list[MarkFact]) -> Seen:
    assert rules.person
    assert rules.apel_ledger
    assert rules.exemptions
    ledger = apel_ledger(marks, rules.apel_ledger, rules.exemptions, on=TO)
    year = make_ledger(days, rules.workdays, rules.discipline_for("PNS"), 2026, employment_type="PNS")
    tier = year.streak_tier or year.tier
    cuts = rules.tpp_for("PNS")
    made = calculate(PersonMonth(days, marks), cuts, exempt=rules.exemptions.codes) if cuts else None
    return Seen(
        score_person(marks, rules.person, rules.exemptions).points,
        ledger.step.code if ledger.step else None,
        ((2026, Step(tier.code if tier else None, year.total_days)),),
        (Cut(date(2026, 3, 1), made.percent, None),) if made and made.percent else (),
    )
