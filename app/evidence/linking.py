"""Which stays of a list are which devices that were seen: so that decisions about devices, names they showed and the
reasons why they left outlive the change from messages to the list.

A pure function of the stays and of what was seen, whichever came first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from app.apel.runs import OccurrenceSpan
from app.evidence.identity import Key, KeyKind, Shown, folded_name
from app.evidence.rules import Interval, LeaveKind
from app.evidence.settling import Device

NEAR = timedelta(seconds=2)
"""Message and list name the same moment, rounded each in its own way."""
MADE_UP = "csv:"
"""Begins the id of a run that is known from a file alone; the provider's own ids hold no colon."""


class ListSeen(NamedTuple):
    """A list on record."""

    id: UUID
    occurrence_uuid: str
    source: str
    accepted_at: datetime


class StayRow(NamedTuple):
    """A row of a list that counts, under the run for which it counts."""

    occurrence_uuid: str
    display_name: str
    second_name: str | None
    registrant_id: str | None
    account_id: str | None
    email: str | None
    joined_at: datetime
    left_at: datetime


def choose_lists(runs: Sequence[OccurrenceSpan], lists: Iterable[ListSeen]) -> dict[str, UUID | None]:
    """Run → the list that counts for it; None: its people are told by the list of another run. Others are left out.

    The provider's report tells more than a file that a person downloaded, so it counts whichever came first; among
    equals the newest. A run known from a file alone gives way to the real one as soon as that is on record.
    """
    by_uuid = {run.uuid: run for run in runs}
    chosen: dict[str, UUID | None] = {}
    for one in sorted(lists, key=_weight):
        run = by_uuid[one.occurrence_uuid]
        real = _real_run(run, runs)
        chosen[(real or run).uuid] = one.id
        if real is not None:
            chosen[run.uuid] = None
    return chosen


def _weight(one: ListSeen) -> tuple[object, ...]:
    return one.source, not is_made_up(one.occurrence_uuid), one.accepted_at, one.id


def is_made_up(occurrence_uuid: str) -> bool:
    return occurrence_uuid.startswith(MADE_UP)


def _real_run(run: OccurrenceSpan, runs: Iterable[OccurrenceSpan]) -> OccurrenceSpan | None:
    """The run that one known from a file alone really is: the nearest of its number that ran at the same time."""
    if not is_made_up(run.uuid):
        return None
    same = [
        other
        for other in runs
        if other.meeting_id == run.meeting_id and not is_made_up(other.uuid) and at_once(run, other)
    ]
    return min(same, key=lambda other: (abs(other.start - run.start), other.uuid), default=None)


def at_once(one: OccurrenceSpan, other: OccurrenceSpan) -> bool:
    """Whether two runs overlap; one whose end is not known ran at least until something was last seen of it."""
    return one.start <= (other.end or other.last_seen) and other.start <= (one.end or one.last_seen)


class _Visit(NamedTuple):
    """A device from one joining until it left, as seen; `left` None: nobody saw it leave."""

    device: Device
    joined: datetime
    left: datetime | None
    dropped: bool


def _visits_of(device: Device) -> list[_Visit]:
    joins, leaves = sorted(device.joined), sorted(device.left)
    found = []
    for at, again in zip_longest(joins, joins[1:]):
        left = next((leave for leave in leaves if leave > at and (again is None or leave <= again)), None)
        found.append(_Visit(device, at, left, left is not None and device.left[left] is LeaveKind.NETWORK))
    return found


Pair = tuple[int, int]
"""A stay and a visit, by their numbers."""
_Identity = tuple[frozenset[Key], ...]
"""What was shown, by kind: identifiers from the strongest on, last the names."""
_KINDS = (KeyKind.REGISTRANT, KeyKind.ACCOUNT, KeyKind.EMAIL, KeyKind.NAME)
_NO_IDENTIFIERS: _Identity = (frozenset(),) * 3


class Linking:
    """Takes the devices that were seen and then the stays of lists, one by one."""

    def __init__(self) -> None:
        self._visits: list[_Visit] = []
        self._visitors: list[_Identity] = []
        self._by_key: dict[tuple[str, Key], list[int]] = {}
        self._stays: list[Device] = []
        self._stayers: list[_Identity] = []
        self._seen: Counter[Key] = Counter()
        self._pairs: list[Pair] = []

    def see(self, device: Device) -> None:
        """A device that was seen in one of the runs; all of them before the first stay."""
        visits, shown = _visits_of(device), _shown_by(device)
        numbers = range(len(self._visits), len(self._visits) + len(visits))
        self._visits += visits
        self._visitors += [shown] * len(visits)
        for key in frozenset().union(*shown):
            self._by_key.setdefault((device.occurrence_uuid, key), []).extend(numbers)

    def add(self, row: StayRow) -> None:
        """Rows come in an order that is the same for the same list."""
        stay = _device_of(row)
        self._seen[stay.device] += 1
        if (nth := self._seen[stay.device]) > 1:  # two strangers of one name who came in one second are two
            stay.device = Key(KeyKind.DEVICE, f"{stay.device.value} {nth}")
        number, shown = len(self._stays), _shown_by(stay)
        self._stays.append(stay)
        self._stayers.append(shown)
        met = {visit for key in frozenset().union(*shown) for visit in self._by_key.get((row.occurrence_uuid, key), ())}
        near = (visit for visit in sorted(met) if abs(row.joined_at - self._visits[visit].joined) <= NEAR)
        self._pairs += [(number, visit) for visit in near if _agree(shown, self._visitors[visit])]

    def devices(self) -> dict[Key, Device]:
        """The devices as the lists tell them: under the key of the device that was seen, else under their own."""
        links = self._link()
        found: dict[Key, Device] = {}
        for number, stay in enumerate(self._stays):
            if number not in links:
                found[stay.device] = stay
                continue
            visit = self._visits[links[number]]
            merged = found.get(visit.device.device)
            if merged is None:
                merged = found[visit.device.device] = _shell_of(visit.device)
            _merge(merged, stay, dropped=visit.dropped)
        return found

    def _link(self) -> dict[int, int]:
        """Stay → visit, where each is the only one for the other: at once, by a name, or by when they left too."""
        links: dict[int, int] = {}
        for tells in (lambda _: True, self._share_a_name, self._left_together):
            taken = set(links.values())
            left = [pair for pair in self._pairs if pair[0] not in links and pair[1] not in taken]
            links |= dict(_mutual(left, tells))
        return links | self._link_alike(links)

    def _link_alike(self, links: Mapping[int, int]) -> dict[int, int]:
        """Strangers of one name who came and left together: as many stays as visits, so that which is which makes no
        difference to anybody's time, and what was decided about each of their devices keeps holding."""
        met: dict[int, set[int]] = {}
        meant: Counter[int] = Counter()
        for stay, visit in self._pairs:
            meant[visit] += 1
            met.setdefault(stay, set()).add(visit)
        alike: dict[tuple[object, ...], list[int]] = {}
        for stay, visits in met.items():
            if stay not in links and (like := self._likeness(stay, visits)) is not None:
                alike.setdefault(like, []).append(stay)
        found: dict[int, int] = {}
        for stays in alike.values():
            visits = met[stays[0]]
            if len(visits) == len(stays) and all(meant[visit] == len(stays) for visit in visits):
                found |= dict(zip(stays, sorted(visits), strict=True))
        return found

    def _likeness(self, number: int, visits: Iterable[int]) -> tuple[object, ...] | None:
        """What must be the same of stays that nothing tells apart; None where something does."""
        stay = self._stays[number]
        if stay.registrants or stay.accounts or stay.emails:
            return None
        if len({self._visits[visit].dropped for visit in visits}) > 1:
            return None
        return stay.occurrence_uuid, frozenset(stay.names), stay.listed[0], frozenset(visits)

    def _share_a_name(self, pair: Pair) -> bool:
        return not self._stayers[pair[0]][-1].isdisjoint(self._visitors[pair[1]][-1])

    def _left_together(self, pair: Pair) -> bool:
        left = self._visits[pair[1]].left
        end = self._stays[pair[0]].listed[0].end
        return self._share_a_name(pair) and left is not None and end is not None and abs(left - end) <= NEAR


def _mutual(pairs: Iterable[Pair], tells: Callable[[Pair], bool]) -> list[Pair]:
    told = [pair for pair in pairs if tells(pair)]
    stays, visits = Counter(stay for stay, _ in told), Counter(visit for _, visit in told)
    return [pair for pair in told if stays[pair[0]] == 1 and visits[pair[1]] == 1]


def _shown_by(device: Shown) -> _Identity:
    if not (device.registrants or device.accounts or device.emails):  # as most guests do
        return *_NO_IDENTIFIERS, frozenset(device.keys(KeyKind.NAME))
    return tuple(frozenset(device.keys(kind)) for kind in _KINDS)


def _agree(one: _Identity, other: _Identity) -> bool:
    """The strongest kind of identifier that both showed decides; where there is none, a name."""
    both = next(((mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine and theirs), None)
    return both is not None and not both[0].isdisjoint(both[1])


def _device_of(row: StayRow) -> Device:
    key = f"{row.occurrence_uuid} stay {row.joined_at.isoformat()} {folded_name(row.display_name)}"
    stay = Device(Key(KeyKind.DEVICE, key), occurrence_uuid=row.occurrence_uuid)
    stay.listed.append(Interval(row.joined_at, max(row.joined_at, row.left_at)))
    if row.display_name:
        stay.names[row.display_name] = row.left_at
    if row.display_name and row.second_name:
        # A name with brackets of its own reads like a changed one, so all three may have been shown.
        stay.names.setdefault(row.second_name, row.joined_at)
        stay.names.setdefault(f"{row.display_name} ({row.second_name})", row.joined_at)
    for value, values in (
        (row.registrant_id, stay.registrants),
        (row.account_id, stay.accounts),
        (row.email, stay.emails),
    ):
        if value:
            values.add(value)
    return stay


def _shell_of(seen: Device) -> Device:
    """What a device showed, without what it did."""
    return Device(
        seen.device,
        registrants=set(seen.registrants),
        accounts=set(seen.accounts),
        emails=set(seen.emails),
        names=dict(seen.names),
        occurrence_uuid=seen.occurrence_uuid,
    )


def _merge(device: Device, stay: Device, *, dropped: bool) -> None:
    device.stays.add(stay.device)
    device.registrants |= stay.registrants
    device.accounts |= stay.accounts
    device.emails |= stay.emails
    for name, at in stay.names.items():
        device.names[name] = max(at, device.names.get(name, at))
    device.listed += [interval._replace(dropped=dropped) for interval in stay.listed]
