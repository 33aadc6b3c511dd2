"""What an apel is, who may move it along, and the figures of a roll-call that must add up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.apel.errors import (
    ApelCancelled,
    ApelClosed,
    ApelFinal,
    ApelNotClosed,
    ApelNotOpen,
    ApelNotStarted,
    DeadlineNotPassed,
    SumMismatch,
)


class ApelKind(StrEnum):
    APEL_GABUNGAN = "apel_gabungan"
    APEL_OPD = "apel_opd"
    UPACARA = "upacara"
    RAKOR = "rakor"


class ApelState(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    FINAL = "final"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What a person can do to an apel's state."""

    OPEN = "open"
    CLOSE = "close"
    FINALIZE = "finalize"
    REOPEN = "reopen"
    CANCEL = "cancel"


class Skip(StrEnum):
    """Why a day of a plan gets no apel."""

    DAY_OFF = "day-off"
    HAS_APEL = "has-apel"


PAST_WINDOW = frozenset({ApelState.CLOSED, ApelState.FINAL})


def past_window(state: ApelState) -> bool:
    """The held window is over."""
    return state in PAST_WINDOW


def require_not_over(state: ApelState) -> None:
    """Raises ApelFinal or ApelCancelled: nothing about this apel changes any more."""
    if state is ApelState.FINAL:
        raise ApelFinal
    if state is ApelState.CANCELLED:
        raise ApelCancelled


def require_open(state: ApelState) -> None:
    require_not_over(state)
    if state is ApelState.SCHEDULED:
        raise ApelNotStarted
    if state is ApelState.CLOSED:
        raise ApelClosed


def require_begun(state: ApelState) -> None:
    """Open or closed: turns may also be noted down after the meeting."""
    require_not_over(state)
    if state is ApelState.SCHEDULED:
        raise ApelNotStarted


def require_may(act: Act, state: ApelState, *, deadline: datetime, now: datetime) -> None:
    """Whether an act fits the state that holds now; a state that holds already is no question of this."""
    if act is Act.OPEN:
        require_not_over(state)
        if state is ApelState.CLOSED:
            raise ApelClosed
    elif act is Act.CLOSE:
        require_not_over(state)
        if state is ApelState.SCHEDULED:
            raise ApelNotOpen
    elif act is Act.FINALIZE:
        require_finalizable(state, deadline=deadline, now=now)
    elif act is Act.CANCEL:
        require_not_over(state)
    elif state is ApelState.SCHEDULED:
        raise ApelNotStarted


def require_finalizable(state: ApelState, *, deadline: datetime, now: datetime) -> None:
    if state is ApelState.CANCELLED:
        raise ApelCancelled
    if state is not ApelState.CLOSED:
        raise ApelNotClosed
    if now < deadline:
        raise DeadlineNotPassed


@dataclass(frozen=True)
class Figures:
    """The figures of one OPD at one roll-call, as the official form has them; only duty-bound people are counted."""

    strength: int
    wfo: int
    wfa: int
    excused: Mapping[str, int] = field(default_factory=dict)
    """Code → people."""
    unexplained: int = 0
    not_required: Mapping[str, int] = field(default_factory=dict)
    """Code → people who are not counted in `strength`."""

    @property
    def present(self) -> int:
        return self.wfo + self.wfa

    @property
    def missing(self) -> int:
        """`tidak hadir`, with and without a reason."""
        return sum(self.excused.values()) + self.unexplained

    def require_sum(self) -> None:
        """Raises SumMismatch unless strength = present + excused + unexplained; nothing is ever clamped."""
        total = self.present + self.missing
        if total != self.strength:
            raise SumMismatch(strength=self.strength, total=total)

    def as_json(self) -> dict[str, Any]:
        """To be kept, and read again with `Figures(**kept)`."""
        return asdict(self)
