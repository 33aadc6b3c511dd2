"""What truly happened: the runs of a number, who was in them on which device, and what follows by the contract."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from app.demo.zoom_twin.cast import Who


class Leaving(StrEnum):
    LEFT = "left"
    NETWORK = "network"
    ENDED = "ended"


@dataclass(frozen=True)
class Plan:
    """The apel as the twin needs to know it."""

    meeting_id: str
    topic: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Run:
    """One occurrence of the number."""

    uuid: str
    start: datetime
    end: datetime
    counts: bool
    """Part of the apel; else another meeting under the same number, hours later."""
    has_report: bool = True
    """Zoom makes none for a host who was alone."""


@dataclass(frozen=True)
class Guest:
    """A device and whoever sits before it."""

    name: str
    """As it is shown at the end, and in the report."""
    means: Who | None
    """Whom it is recognised as; None: it belongs to the unmatched."""
    sits: Who | None = None
    """Who truly sits there; None: a stranger."""
    first_name: str | None = None
    """As it joined, where it was renamed."""
    email: str = ""
    account: str = ""
    registrant_id: str = ""
    """Of a personal link, where the guest came by one."""
    operator: bool = False
    """The host, a recorder or a note taker: nobody of the roster."""


@dataclass(frozen=True)
class Stay:
    """From a join to a leave."""

    guest: Guest
    run: Run
    user_id: str
    participant_uuid: str
    join: datetime
    leave: datetime
    by: Leaving = Leaving.LEFT
    waited_from: datetime | None = None
    """In the waiting room until the join, which is no presence."""


@dataclass(frozen=True)
class Story:
    plan: Plan
    runs: Sequence[Run]
    stays: Sequence[Stay]
    turned_away: int = 0
    """Attempts to join that found every seat taken."""

    @cached_property
    def held(self) -> tuple[datetime, datetime]:
        """The window: from the planned start, or the host's coming, to the last end; a sound check does not count."""
        within = [run for run in self.runs if run.counts and run.end > self.plan.starts_at]
        return max(self.plan.starts_at, min(run.start for run in within)), max(run.end for run in within)

    @property
    def own(self) -> list[Stay]:
        return [stay for stay in self.stays if stay.run.counts]

    @cached_property
    def peak(self) -> int:
        """The most devices that were in one run of the apel at the same time."""
        steps = sorted((at, step) for stay in self.own for at, step in ((stay.join, 1), (stay.leave, -1)))
        return max(accumulate(step for _, step in steps))

    def seconds(self) -> Mapping[Who, int]:
        """Everybody who is recognised, and the seconds inside the window."""
        spans: dict[Who, list[tuple[datetime, datetime]]] = defaultdict(list)
        for stay in self.own:
            if stay.guest.means is not None:
                spans[stay.guest.means].append((stay.join, stay.leave))
        return {who: covered(found, *self.held) for who, found in spans.items()}

    def unmatched(self) -> list[Stay]:
        return [stay for stay in self.own if stay.guest.means is None]


def covered(spans: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime) -> int:
    """Seconds of a window that at least one span covers, counted second by second of time that passed."""
    total, reached = timedelta(), since
    for start, end in sorted(spans):
        begin, stop = max(start, reached), min(end, until)
        if begin < stop:
            total, reached = total + (stop - begin), stop
    return int(total.total_seconds())
