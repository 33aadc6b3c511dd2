"""When a broadcast lay in somebody's working hours, and what excuses it: pure.

Nothing here punishes. What is not known is never counted: no hours, no rule that forbade it, or a permit, and the
verdict says so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.calendar.spans import Overlap, Span, Stretch, overlap, without

LONGEST = timedelta(hours=24)
"""Of one broadcast; a longer one is reported day by day."""
_NOTHING = timedelta(0)


class Platform(StrEnum):
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    OTHER = "other"


class ReportSource(StrEnum):
    COMPLAINT = "complaint"
    OBSERVATION = "observation"
    OWN_REPORT = "own_report"
    """The person told it."""


class PermitKind(StrEnum):
    STATE_CEREMONY = "state_ceremony"
    LEGISLATIVE_SESSION = "legislative_session"
    OFFICIAL_ACCOUNT = "official_account"
    ASSIGNMENT = "assignment"


class Verdict(StrEnum):
    POSTED_AFTERWARDS = "posted-afterwards"
    """Shown after the event: the circular allows that."""
    OUTSIDE_HOURS = "outside-hours"
    PERMITTED = "permitted"
    IN_HOURS = "in-hours"
    UNKNOWN_HOURS = "unknown-hours"
    NO_CIRCULAR = "no-circular"
    """In working hours, but nothing in force forbade it on that day."""


@dataclass(frozen=True)
class Broadcast:
    """What was seen, and whose it is said to be."""

    asn_id: UUID
    opd_codes: frozenset[str]
    """Where the person served, and what stands above it."""
    span: Span
    day: date
    """The civil day on which it began."""
    platform: Platform
    url: str
    account: str | None
    live: bool


@dataclass(frozen=True)
class Permit:
    """A permit that was confirmed; what it does not name it does not bound."""

    id: UUID
    kind: PermitKind
    letter_no: str
    letter_date: date
    span: Span
    opd_code: str | None = None
    asn_ids: frozenset[UUID] = frozenset()
    platform: Platform | None = None
    account: str | None = None
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def held_at(self, instant: datetime) -> bool:
        """Whether it counts for a broadcast that began then: who relied on it keeps it, whatever became of it later."""
        if self.withdrawn_at is None:
            return True
        return self.confirmed_at is not None and self.confirmed_at <= instant < self.withdrawn_at


@dataclass(frozen=True)
class Forbidding:
    """A rule in force that forbade broadcasts in working hours to this person on that day."""

    number: str
    """As the circular has it."""
    href: str
    verified: bool
    platforms: frozenset[Platform] | None = None
    """None: all of them."""


class Bound(NamedTuple):
    """Whom a rule may have bound on a day."""

    asn_id: UUID
    employment_type: str
    opd_code: str
    day: date


@dataclass(frozen=True)
class Assessment:
    """What a broadcast comes to, with the figures that lead to it."""

    verdict: Verdict
    overlap: Overlap
    """Of the whole broadcast."""
    counted: timedelta
    """Live within the hours, and without permit."""
    permits: tuple[Permit, ...]
    """Those that cover some of it."""
    forbidding: Forbidding | None

    @property
    def minutes(self) -> int:
        """Full minutes within the hours and without permit."""
        return self.counted // timedelta(minutes=1)


def fold_account(account: str) -> str:
    """One spelling for `@Pemkab.Mamuju ` and `pemkab.mamuju`."""
    return account.strip().lstrip("@").casefold()


def _is_by(broadcast: Broadcast, account: str) -> bool:
    """By its account where that was told, else by its address: a name in the path or the query."""
    sought = fold_account(account)
    if broadcast.account is not None:
        return fold_account(broadcast.account) == sought
    return sought in re.split(r"[/?#&=@]+", broadcast.url.casefold())


def covers(permit: Permit, broadcast: Broadcast) -> bool:
    """Whether a permit is about this broadcast, as far as its time reaches; a letter of a later day permits nothing."""
    return (
        permit.letter_date <= broadcast.day
        and permit.held_at(broadcast.span.starts_at)
        and permit.span.starts_at < broadcast.span.ends_at
        and broadcast.span.starts_at < permit.span.ends_at
        and (permit.opd_code is None or permit.opd_code in broadcast.opd_codes)
        and (not permit.asn_ids or broadcast.asn_id in permit.asn_ids)
        and permit.platform in (None, broadcast.platform)
        and (permit.account is None or _is_by(broadcast, permit.account))
    )


def assess(
    broadcast: Broadcast, stretches: Sequence[Stretch], permits: Iterable[Permit], forbidding: Forbidding | None
) -> Assessment:
    """What a broadcast comes to under the person's hours, the permits, and what forbade it (None: nothing known to)."""
    covering = tuple(permit for permit in permits if covers(permit, broadcast))
    whole = overlap(broadcast.span, stretches)
    left = without(broadcast.span, (permit.span for permit in covering))
    counting = sum((overlap(piece, stretches) for piece in left), Overlap())
    named = forbidding if forbidding and broadcast.platform in (forbidding.platforms or Platform) else None
    counted = counting.within if broadcast.live else _NOTHING
    return Assessment(_verdict(broadcast, whole, counting, named), whole, counted, covering, named)


def _verdict(broadcast: Broadcast, whole: Overlap, counting: Overlap, forbidding: Forbidding | None) -> Verdict:
    if not broadcast.live:
        return Verdict.POSTED_AFTERWARDS
    if counting.within > _NOTHING:
        return Verdict.IN_HOURS if forbidding else Verdict.NO_CIRCULAR
    if counting.unknown > _NOTHING:
        return Verdict.UNKNOWN_HOURS
    return Verdict.PERMITTED if whole.within + whole.unknown > _NOTHING else Verdict.OUTSIDE_HOURS
