"""The basket as folded from facts, in whatever order they come."""

from datetime import timedelta
from itertools import pairwise, permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deposits import rules
from app.deposits.rules import Loss, Move, Outcome, Slot, SlotAct, SlotState, Stay, Wanted, fold_slot
from tests.make import MONDAY

SITI, BUDI = UUID(int=1), UUID(int=2)


def came(minutes: int, who: UUID = SITI) -> SlotAct:
    return SlotAct(Move.IN, MONDAY + timedelta(minutes=minutes), who)


def went(minutes: int) -> SlotAct:
    return SlotAct(Move.OUT, MONDAY + timedelta(minutes=minutes))


def spans(*acts: SlotAct) -> list[tuple[UUID, int, int | None]]:
    def minute(moment: object) -> int:
        return int((moment - MONDAY).total_seconds() // 60)  # type: ignore[operator]

    return [
        (stay.asn_id, minute(stay.in_at), None if stay.out_at is None else minute(stay.out_at))
        for stay in fold_slot(acts).stays
    ]


@pytest.mark.parametrize(
    ("acts", "stays"),
    [
        pytest.param([], [], id="nothing came"),
        pytest.param([came(0)], [(SITI, 0, None)], id="laid in"),
        pytest.param([came(0), went(9)], [(SITI, 0, 9)], id="laid in and taken out"),
        pytest.param([came(0), came(5), went(9)], [(SITI, 0, 9)], id="told twice, it lies from the first time"),
        pytest.param([came(0), went(5), came(6)], [(SITI, 0, 5), (SITI, 6, None)], id="again after a break"),
        pytest.param([came(0), went(5), came(6, BUDI)], [(SITI, 0, 5), (BUDI, 6, None)], id="another's after it"),
        pytest.param([went(5)], [], id="emptying what is empty says nothing"),
        pytest.param([went(0), came(5)], [(SITI, 5, None)], id="taken out before it came, it lies there"),
        pytest.param([came(5), went(5)], [(SITI, 5, 5)], id="at one instant in and out: it is out"),
        pytest.param(
            [came(0), went(5), came(5, BUDI)], [(SITI, 0, 5), (BUDI, 5, None)], id="at one instant out, then another in"
        ),
    ],
)
def test_stays_follow_from_times_in_any_order(acts: list[SlotAct], stays: list[tuple[UUID, int, int | None]]) -> None:
    for order in permutations(acts):
        assert spans(*order) == stays


ACTS = st.lists(
    st.one_of(st.builds(came, st.integers(0, 6), st.sampled_from([SITI, BUDI])), st.builds(went, st.integers(0, 6))),
    max_size=8,
)


@given(acts=ACTS, more=st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters_and_repeating_changes_nothing(acts: list[SlotAct], more: object) -> None:
    shuffled = [*acts, *acts]
    more.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold_slot(shuffled) == fold_slot(acts)


@given(acts=ACTS)
def test_two_phones_never_lie_in_one_slot(acts: list[SlotAct]) -> None:
    stays = fold_slot(acts).stays
    for one, after in pairwise(stays):
        assert one.out_at is not None
        assert one.in_at <= one.out_at <= after.in_at


@given(acts=ACTS)
def test_what_is_planned_line_by_line_clashes_with_nothing(acts: list[SlotAct]) -> None:
    slots: dict[str, Slot] = {}
    for act in acts:
        wanted = [Wanted("A-1", act.asn_id, act.at)]
        now = MONDAY + timedelta(hours=1)
        if act.move is Move.IN:
            plan = rules.plan_deposits(wanted, slots, now)
        else:
            plan = rules.plan_taking_out(wanted, slots, now, lambda _: True)
        for name, new in plan.new:
            slots[name] = slots.get(name, Slot()).with_act(new)
    assert all(not slot.fold().clashes for slot in slots.values())


def test_a_slot_taken_by_another_phone_stops_the_line_and_the_own_one_changes_nothing() -> None:
    slots = {"A-1": Slot(frozenset({came(0)})), "A-2": Slot(frozenset({came(0, BUDI), went(5)}))}
    wanted = [Wanted("A-1", SITI), Wanted("A-1", BUDI), Wanted("A-2", SITI), Wanted("A-2", BUDI), Wanted("A-3", SITI)]
    plan = rules.plan_deposits(wanted, slots, MONDAY + timedelta(minutes=9))
    assert (plan.unchanged, plan.wrong) == (1, (1, 3)), "the same phone; taken before, and in this very list"
    assert plan.new == (("A-2", came(9)), ("A-3", came(9))), "somebody with two phones lays in both"


def test_a_phone_cannot_have_lain_where_another_lay_then() -> None:
    slots = {"A-1": Slot(frozenset({came(0), went(30)}))}
    plan = rules.plan_deposits([Wanted("A-1", BUDI, MONDAY + timedelta(minutes=10))], slots, MONDAY)
    assert plan.wrong == (0,)


def test_slots_are_emptied_once_and_only_where_something_lay_unless_its_time_is_told() -> None:
    slots = {"A-1": Slot(frozenset({came(0)})), "A-2": Slot(frozenset({came(0), went(5)}))}
    now = MONDAY + timedelta(minutes=9)
    wanted = [Wanted("A-1"), Wanted("A-1"), Wanted("A-2"), Wanted("A-3"), Wanted("A-3", at=now)]
    plan = rules.plan_taking_out(wanted, slots, now, lambda _: True)
    assert (plan.new, plan.unchanged, plan.wrong) == ((("A-1", went(9)), ("A-3", went(9))), 2, (3,))
    assert rules.plan_taking_out([Wanted("A-1")], slots, now, lambda _: False).wrong == (0,)


def loss(outcome: Outcome | None = None) -> Loss:
    return Loss(uuid4(), SITI, MONDAY + timedelta(minutes=40), outcome, MONDAY + timedelta(minutes=60))


@pytest.mark.parametrize(
    ("acts", "losses", "state"),
    [
        pytest.param([came(0)], [loss()], SlotState.MISSING, id="told as missing"),
        pytest.param([came(0), went(30)], [loss()], SlotState.MISSING, id="missing though somebody took it out"),
        pytest.param([came(0)], [loss(Outcome.FOUND)], SlotState.IN, id="found, it lies there"),
        pytest.param([came(0), went(70)], [loss(Outcome.FOUND)], SlotState.OUT, id="found and taken out"),
        pytest.param([came(0)], [loss(Outcome.SETTLED)], SlotState.OUT, id="settled, the slot is free"),
        pytest.param([came(0), went(30), came(90, BUDI)], [loss()], SlotState.IN, id="another phone's slot by now"),
    ],
)
def test_a_loss_makes_a_slot_missing_until_it_ends(acts: list[SlotAct], losses: list[Loss], state: SlotState) -> None:
    assert Slot(frozenset(acts), tuple(losses)).state is state


def test_a_settled_slot_takes_another_phone() -> None:
    slots = {"A-1": Slot(frozenset({came(0)}), (loss(Outcome.SETTLED),))}
    assert rules.plan_deposits([Wanted("A-1", BUDI)], slots, MONDAY + timedelta(minutes=90)).wrong == ()
    assert Slot(frozenset({came(0)}), (loss(),)).open_loss is not None
    assert rules.plan_deposits([Wanted("A-1", BUDI)], {"A-1": Slot(frozenset({came(0)}), (loss(),))}, MONDAY).wrong


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        pytest.param("A-12", False, id="a slot"),
        pytest.param("SEGEL 004512", False, id="a seal"),
        pytest.param("hilang 2026-11-23 pukul 07.30", False, id="a day and a time"),
        pytest.param("123456789", False, id="nine digits"),
        pytest.param("0812345678", True, id="a phone number"),
        pytest.param("IMEI 356938035643809", True, id="an IMEI"),
        pytest.param("35-693803-564380-9", True, id="an IMEI in groups"),
        pytest.param("35 693803 564380", True, id="fourteen digits of one"),
        pytest.param("19850101 201001 1 001", True, id="a NIP in groups"),
        pytest.param("1234-5678-9012", False, id="twelve digits in groups are none of these"),
    ],
)
def test_numbers_of_phones_and_people_are_recognised(text: str, refused: bool) -> None:
    assert rules.tells_a_number(text) is refused


def test_a_stay_begins_when_it_was_told_to() -> None:
    assert fold_slot([came(3)]).stays == (Stay(SITI, MONDAY + timedelta(minutes=3)),)
