"""What is in the basket: folded from facts, which may arrive in any order."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID


class Move(StrEnum):
    IN = "in"
    OUT = "out"


class SlotState(StrEnum):
    IN = "in"
    OUT = "out"
    MISSING = "missing"


class Reason(StrEnum):
    """Why somebody keeps the phone."""

    SECURITY = "security"
    MEDICAL = "medical"
    STREAMING_CREW = "streaming_crew"
    ON_CALL = "on_call"


class Outcome(StrEnum):
    """How a loss ended."""

    FOUND = "found"
    SETTLED = "settled"


EXEMPT = "exempt"
"""Stands for every reason where it may not be known: were only the medical one hidden, it would be told by that."""
LONGEST_NUMBER, SHORTEST_SERIAL = 9, 14
"""A phone number has ten digits or more, an IMEI fourteen to sixteen in groups, a NIP eighteen."""
_SEPARATED = re.compile(r"\d(?:[ ._/-]?\d)+")


def tells_a_number(text: str) -> bool:
    """Whether a text holds what may be a phone number, an IMEI or a NIP: contents of phones are not ours to keep."""
    if re.search(rf"\d{{{LONGEST_NUMBER + 1},}}", text):
        return True
    return any(sum(sign.isdigit() for sign in run) >= SHORTEST_SERIAL for run in _SEPARATED.findall(text))


@dataclass(frozen=True)
class SlotAct:
    """A phone was laid into a slot, or the slot was emptied."""

    move: Move
    at: datetime
    asn_id: UUID | None = None
    """Whose phone was laid in; nobody says whose hand took it out."""


@dataclass(frozen=True)
class Stay:
    """A phone of somebody in a slot, from then until it was taken out."""

    asn_id: UUID
    in_at: datetime
    out_at: datetime | None = None


@dataclass(frozen=True)
class Loss:
    """Somebody's phone was not where it should be."""

    id: UUID
    asn_id: UUID
    at: datetime
    outcome: Outcome | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Fold:
    stays: tuple[Stay, ...]
    clashes: frozenset[SlotAct]
    """Phones that would lie where another one does; facts with one are not recorded."""


@dataclass(frozen=True)
class Slot:
    """All that is known about one slot or seal of an apel."""

    acts: frozenset[SlotAct] = frozenset()
    losses: tuple[Loss, ...] = ()

    def fold(self) -> Fold:
        return fold_slot([*self.acts, *self._settlements()])

    def _settlements(self) -> list[SlotAct]:
        """What was settled is no longer in the basket."""
        return [SlotAct(Move.OUT, one.closed_at) for one in self.losses if _settled(one) and one.closed_at]

    @property
    def last(self) -> Stay | None:
        return next(reversed(self.fold().stays), None)

    @property
    def open_loss(self) -> Loss | None:
        """Of the phone that lay here last."""
        last = self.last
        open_ones = (one for one in self.losses if one.outcome is None)
        return next((one for one in open_ones if last and one.asn_id == last.asn_id and one.at >= last.in_at), None)

    @property
    def state(self) -> SlotState:
        if self.open_loss:
            return SlotState.MISSING
        return SlotState.IN if self.last and self.last.out_at is None else SlotState.OUT

    def holds(self, asn_id: UUID) -> bool:
        """The phone of this person was laid in and not taken out."""
        return self.last is not None and self.last.asn_id == asn_id and self.last.out_at is None

    def with_act(self, act: SlotAct) -> "Slot":
        return replace(self, acts=self.acts | {act})


def _settled(loss: Loss) -> bool:
    return loss.outcome is Outcome.SETTLED


def fold_slot(acts: Iterable[SlotAct]) -> Fold:
    """The stays in one slot by the times of its facts, whatever their order of arrival.

    At one and the same instant an occupied slot is emptied before another phone comes, and a phone that comes into an
    empty one is taken out after; an emptying of what is empty says nothing.
    """
    stays: list[Stay] = []
    clashes: set[SlotAct] = set()
    for at, together in groupby(sorted(acts, key=lambda act: act.at), key=lambda act: act.at):
        now = list(together)
        came = sorted({act.asn_id for act in now if act.asn_id is not None})
        emptied = any(act.move is Move.OUT for act in now)
        holder = _holder(stays)
        if emptied and holder is not None and holder not in came:
            stays[-1] = replace(stays[-1], out_at=at)
        for asn_id in came:
            if _holder(stays) is None:
                stays.append(Stay(asn_id, at))
            elif _holder(stays) != asn_id:
                clashes.add(SlotAct(Move.IN, at, asn_id))
        if emptied and _holder(stays) is not None and (holder is None or holder in came):
            stays[-1] = replace(stays[-1], out_at=at)
    return Fold(tuple(stays), frozenset(clashes))


def _holder(stays: Sequence[Stay]) -> UUID | None:
    return stays[-1].asn_id if stays and stays[-1].out_at is None else None


@dataclass(frozen=True)
class Wanted:
    """One line of a list: whose phone, which slot, when; without a time it happens now."""

    slot: str
    asn_id: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What a list does: nothing of it while a line is wrong."""

    new: tuple[tuple[str, SlotAct], ...]
    unchanged: int
    wrong: tuple[int, ...]
    """Numbers of the lines whose slot holds another phone, or of phones that were never laid in."""


def plan_deposits(wanted: Sequence[Wanted], slots: Mapping[str, Slot], now: datetime) -> Plan:
    """Which lines of a list say something new, and which find their slot taken by somebody else's phone."""

    def lay_in(one: Wanted, slot: Slot) -> SlotAct | None:
        assert one.asn_id is not None
        act = SlotAct(Move.IN, one.at or now, one.asn_id)
        return None if act in slot.acts or (one.at is None and slot.holds(one.asn_id)) else act

    return _plan(wanted, slots, lay_in, lambda _: True)


def plan_taking_out(
    wanted: Sequence[Wanted], slots: Mapping[str, Slot], now: datetime, may_empty: Callable[[Slot], bool]
) -> Plan:
    """The same for emptying; with a time it may be told before the laying in is."""

    def empty(one: Wanted, slot: Slot) -> SlotAct | None:
        act = SlotAct(Move.OUT, one.at or now)
        done = slot.last is not None and slot.last.out_at is not None
        return None if act in slot.acts or (one.at is None and done) else act

    def possible(one: Wanted) -> bool:
        slot = slots.get(one.slot, Slot())
        return may_empty(slot) and (one.at is not None or slot.last is not None)

    return _plan(wanted, slots, empty, possible)


def _plan(
    wanted: Sequence[Wanted],
    slots: Mapping[str, Slot],
    make: Callable[[Wanted, Slot], SlotAct | None],
    possible: Callable[[Wanted], bool],
) -> Plan:
    now_in, new, wrong, unchanged = dict(slots), list[tuple[str, SlotAct]](), list[int](), 0
    for number, one in enumerate(wanted):
        slot = now_in.get(one.slot, Slot())
        act = make(one, slot)
        if not possible(one):
            wrong.append(number)
        elif act is None:
            unchanged += 1
        elif slot.with_act(act).fold().clashes:
            wrong.append(number)
        else:
            now_in[one.slot] = slot.with_act(act)
            new.append((one.slot, act))
    return Plan(tuple(new), unchanged, tuple(wrong))
