"""When a message is sent again, when a receiver is given up, and what a failed try means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.apel.rules import Act

PAUSES = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before each try, as Standard Webhooks recommends: ten tries in a little more than three days."""
JITTER = 0.1
"""The share by which a pause may be longer, so that what failed together does not come back together."""
PATIENCE = timedelta(days=5)
"""A receiver that took nothing for so long, though it was tried, waits for a person."""
LONGEST_WISH = timedelta(hours=24)
"""A receiver's own `Retry-After` counts up to here."""
OVERLAP = timedelta(hours=24)
"""How long the secret before still signs beside the new one."""
GONE = 410
SETTLES = timedelta(minutes=2)


class WebhookState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    """A person switched it off: it gets nothing of what happens meanwhile."""
    PAUSED = "paused"
    """It failed for too long: what happens waits until a person makes it active again."""
    GONE = "gone"
    """It answered 410: it wants nothing any more."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Every try was used up."""
    EXPIRED = "expired"
    """What it tells was of no use any more."""
    CANCELLED = "cancelled"
    """Its receiver was ended, or is gone."""


@dataclass(frozen=True)
class Outcome:
    """What came of one try."""

    status: int | None = None
    """The HTTP status; None: there was no answer."""
    error: str | None = None
    """A code: why there was none."""
    retry_after: int | None = None
    """Seconds that the receiver asked us to wait."""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Next:
    """What follows from a try for its delivery."""

    state: DeliveryState
    due_at: datetime | None = None


def next_pause(tried: int, draw: Callable[[], float]) -> timedelta | None:
    """The pause after so many tries, with its jitter (`draw` gives 0 to 1); None: there is no further one."""
    return PAUSES[tried] * (1 + JITTER * draw()) if tried < len(PAUSES) else None


def after_try(outcome: Outcome, tried: int, at: datetime, draw: Callable[[], float]) -> Next:
    """Where a delivery stands after its `tried`-th try."""
    if outcome.taken:
        return Next(DeliveryState.DELIVERED)
    if outcome.status == GONE:
        return Next(DeliveryState.CANCELLED)
    pause = next_pause(tried, draw)
    if pause is None:
        return Next(DeliveryState.FAILED)
    wish = min(timedelta(seconds=outcome.retry_after or 0), LONGEST_WISH)
    return Next(DeliveryState.WAITING, at + max(pause, wish))


def state_after(outcome: Outcome, failing_since: datetime | None, at: datetime) -> WebhookState:
    """Where an active webhook stands after a try, failing without a break since then."""
    if outcome.status == GONE:
        return WebhookState.GONE
    too_long = failing_since is not None and at - failing_since >= PATIENCE
    return WebhookState.PAUSED if too_long and not outcome.taken else WebhookState.ACTIVE


def closings(acts: Sequence[Act]) -> int:
    """Which closing it is: people reopened the apel so often. A meeting that drops and comes back makes no new one.

    What was final and is looked at again was not opened again.
    """
    return sum(act is Act.REOPEN and before is not Act.FINALIZE for before, act in pairwise((None, *acts)))


def finals(acts: Sequence[Act]) -> int:
    """Which time it became final."""
    return sum(act is Act.FINALIZE for act in acts)


def has_settled(closed_at: datetime, at: datetime, *, by_person: bool) -> bool:
    """Whether an apel that closed by itself stayed closed: a line that drops for a moment closes nothing."""
    return by_person or at - closed_at >= SETTLES
