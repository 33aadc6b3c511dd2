"""The OPDs report in turn: whose turn it is, who comes next, and the words that are spoken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from app.apel.errors import NotInTurns, NoTurnLeft, TurnMoved, TurnNotCalled, TurnTaken
from app.apel.roster import Unit
from app.apel.rules import Figures
from app.duty.rules import Code


class TurnAction(StrEnum):
    CALL = "call"
    ANSWER = "answer"
    NO_ANSWER = "no-answer"
    RECALL = "recall"


CALLS = frozenset({TurnAction.CALL, TurnAction.RECALL})


class TurnState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class TurnFact:
    """What happened to one OPD's turn, in the order in which it was written down."""

    opd_code: str
    action: TurnAction
    at: datetime
    figures: Figures | None = None
    as_written: bool = False


@dataclass(frozen=True)
class Turn:
    opd_code: str
    state: TurnState = TurnState.WAITING
    called_at: datetime | None = None
    answered_at: datetime | None = None
    spoken: Figures | None = None
    as_written: bool = False
    """The OPD said that its figures are those of its report."""


@dataclass(frozen=True)
class Turns:
    order: tuple[str, ...]
    turns: dict[str, Turn]
    current: str | None
    """The OPD that was called last."""
    next: tuple[str, ...]
    """The following three."""
    last_called: Mapping[str, date] = field(default_factory=dict)
    """OPD → the latest earlier apel at which it was called."""


IN_SIGHT = 3
"""OPDs that are told to get ready."""


def order_units(units: Iterable[Unit]) -> tuple[str, ...]:
    """Reporting units in protocol order; parts speak through their unit."""
    own = [unit for unit in units if unit.opd_code == unit.unit_code]
    return tuple(unit.opd_code for unit in sorted(own, key=lambda unit: (unit.protocol_order, unit.opd_code)))


def fold_turns(order: Sequence[str], facts: Iterable[TurnFact], last_called: Mapping[str, date] | None = None) -> Turns:
    """Where the turns stand after these facts."""
    turns = {code: Turn(code) for code in order}
    current = None
    for fact in facts:
        if fact.opd_code in turns:
            turns[fact.opd_code] = _advance(turns[fact.opd_code], fact)
            current = fact.opd_code if fact.action in CALLS else current
    waiting = [code for code in order if turns[code].state is TurnState.WAITING]
    return Turns(tuple(order), turns, current, tuple(waiting[:IN_SIGHT]), last_called or {})


def _advance(turn: Turn, fact: TurnFact) -> Turn:
    if fact.action in CALLS:
        return replace(turn, state=TurnState.CALLED, called_at=fact.at)
    if fact.action is TurnAction.NO_ANSWER:
        return replace(turn, state=TurnState.NO_ANSWER)
    return replace(
        turn,
        state=TurnState.ANSWERED,
        answered_at=fact.at,
        spoken=fact.figures,
        as_written=fact.as_written,
    )


def next_turn(turns: Turns, after: str | None) -> str:
    """Whom to call next, if the caller still sees the OPD that has the turn; raises TurnMoved or NoTurnLeft."""
    if turns.current != after:
        raise TurnMoved(current=turns.current or "-")
    if not turns.next:
        raise NoTurnLeft
    return turns.next[0]


def changes_turn(turns: Turns, fact: TurnFact) -> bool:
    """Whether a fact says something new; raises NotInTurns, TurnTaken or TurnNotCalled when it cannot be so."""
    if fact.opd_code not in turns.turns:
        raise NotInTurns
    turn = turns.turns[fact.opd_code]
    if fact.action in CALLS:
        return _changes_by_call(turn, fact, has_turn=turns.current == fact.opd_code)
    if turn.state is TurnState.WAITING:
        raise TurnNotCalled
    if fact.action is TurnAction.NO_ANSWER:
        return turn.state is not TurnState.NO_ANSWER
    said = (turn.spoken, turn.as_written)
    return turn.state is not TurnState.ANSWERED or said != (fact.figures, fact.as_written)


def _changes_by_call(turn: Turn, fact: TurnFact, *, has_turn: bool) -> bool:
    if turn.state is TurnState.WAITING:
        if fact.action is TurnAction.RECALL:
            raise TurnNotCalled
        return True
    if turn.state is TurnState.CALLED and has_turn:
        return False
    if fact.action is TurnAction.CALL:
        raise TurnTaken
    return True


def weeks_since(last: date | None, on: date) -> int | None:
    """Whole weeks since an OPD was last called; None: never."""
    return None if last is None else (on - last).days // 7


_SPOKEN = {
    Code.DL: "DL",
    Code.DD: "DD",
    Code.DK: "diklat",
    Code.S: "sakit",
    Code.I: "izin",
    Code.TB: "TB",
}
_LEAVE = "cuti"
"""Leave is spoken as one word: which kind it is, is nobody's business in the yard."""


def words_to_read(name: str, figures: Figures) -> str:
    """The OPD's report as it is spoken in the yard, in the formula that every commander knows."""
    numbers = f"jumlah pegawai {figures.strength}, kurang {figures.missing or 'nihil'}, hadir {figures.present}"
    missing = ", ".join(f"{word} {number}" for word, number in _reasons(figures).items() if number)
    reasons = f"; keterangan kurang: {missing}" if missing else ""
    return f"Lapor, {name}: {numbers}{reasons}. Laporan selesai."


def _reasons(figures: Figures) -> dict[str, int]:
    counted = dict.fromkeys(("DL", "DD", "diklat", "sakit", "izin", _LEAVE, "TB"), 0)
    for code, number in figures.excused.items():
        counted[_SPOKEN.get(Code(code), _LEAVE)] += number
    return counted | {"TK": figures.unexplained}


def words_to_get_ready(current: str | None, following: Sequence[str]) -> str:
    """Whose turn it is and who gets ready, for the messenger group."""
    turn = f"Giliran lapor: {current}." if current else "Laporan belum dimulai."
    if not following:
        return f"{turn} Tidak ada lagi yang menunggu."
    return f"{turn} Bersiap: {', '.join(following)}."
