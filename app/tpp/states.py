"""The life of a sheet: what may follow what, and what hinders it. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.tpp.errors import (
    ObjectionsOpen,
    ObjectionWindowClosed,
    ObjectionWindowOpen,
    SheetMoved,
    SheetNotReady,
    TppMonthNotOver,
    TrialCutsNothing,
)


class SheetState(StrEnum):
    DRAFT = "draft"
    """Follows the facts."""
    PUBLISHED = "published"
    """Its people may object; published anew when the facts moved."""
    SIGNED = "signed"
    """By the head of the unit, as it was published last."""
    FROZEN = "frozen"
    """For ever; what turns out later goes to a correction."""


class Step(StrEnum):
    PUBLISH = "publish"
    OBJECT = "object"
    SIGN = "sign"
    FREEZE = "freeze"


FROM = {
    Step.PUBLISH: frozenset({SheetState.DRAFT, SheetState.PUBLISHED}),
    Step.OBJECT: frozenset({SheetState.PUBLISHED}),
    Step.SIGN: frozenset({SheetState.PUBLISHED}),
    Step.FREEZE: frozenset({SheetState.SIGNED}),
}
TO = {Step.PUBLISH: SheetState.PUBLISHED, Step.SIGN: SheetState.SIGNED, Step.FREEZE: SheetState.FROZEN}


@dataclass(frozen=True)
class SheetNow:
    """A sheet as it stands on a civil day."""

    state: SheetState
    trial: bool
    today: date
    to_date: date
    """The last day whose facts are in it."""
    objections_until: date | None = None
    open_objections: int = 0
    moved: bool = False
    """The facts moved on since it was published."""


def holds(step: Step, sheet: SheetNow) -> bool:
    """Whether a step was taken already and need not be taken again: repeating it changes nothing."""
    if step is Step.OBJECT:
        return False
    return sheet.state is TO[step] and not (step is Step.PUBLISH and sheet.moved)


def take(step: Step, sheet: SheetNow) -> SheetState:
    """The state after a step.

    Raises TrialCutsNothing, SheetNotReady, TppMonthNotOver, ObjectionWindowClosed, ObjectionWindowOpen,
    ObjectionsOpen, SheetMoved.
    """
    if sheet.trial:
        raise TrialCutsNothing
    if sheet.state not in FROM[step]:
        raise SheetNotReady(state=sheet.state)
    if step is Step.PUBLISH and sheet.today <= sheet.to_date:
        raise TppMonthNotOver(day=sheet.to_date.isoformat())
    if step is Step.OBJECT:
        _require_window(sheet)
    if step is Step.SIGN:
        _require_settled(sheet)
    return TO.get(step, sheet.state)


def _require_window(sheet: SheetNow) -> None:
    if sheet.objections_until is None or sheet.today > sheet.objections_until:
        raise ObjectionWindowClosed(day=str(sheet.objections_until or "–"))


def _require_settled(sheet: SheetNow) -> None:
    """Nobody signs over the heads of those who may still object, nor numbers that are no longer true."""
    if sheet.objections_until is not None and sheet.today <= sheet.objections_until:
        raise ObjectionWindowOpen(day=str(sheet.objections_until))
    if sheet.open_objections:
        raise ObjectionsOpen(count=sheet.open_objections)
    if sheet.moved:
        raise SheetMoved
