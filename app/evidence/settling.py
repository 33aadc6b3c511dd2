"""From sightings and lists to participants: devices are collected, recognised, grouped by subject and measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.core.ids import stable_id
from app.evidence.identity import NAMES, RUNGS, Key, KeyKind, Known, MatchedBy, Shown, Subject
from app.evidence.rules import (
    Compared,
    Interval,
    LeaveKind,
    Presence,
    SightingKind,
    Span,
    SubjectKind,
    Window,
    has_network_gap,
    pair,
    seconds_within,
    unite,
)

SightingRow = tuple[str, str, str, datetime, str, str | None, str | None, str | None, str | None]
"""occurrence_uuid, device, kind, at, display_name, registrant_id, account_id, email, leave_kind."""


@dataclass(slots=True)
class Device(Shown):
    """What one device did and showed in one run of a meeting."""

    occurrence_uuid: str = ""
    joined: set[datetime] = field(default_factory=set)
    left: dict[datetime, LeaveKind] = field(default_factory=dict)
    listed: list[Interval] = field(default_factory=list)
    """What a list says of it, in place of what it was seen to do."""

    def add(self, row: SightingRow) -> None:
        _, _, kind, at, name, registrant, account, email, leave_kind = row
        if kind == SightingKind.JOINED:
            self.joined.add(at)
        else:
            self.left[at] = LEAVINGS[leave_kind or LeaveKind.UNKNOWN]
        if name and self.names.get(name, at) <= at:
            self.names[name] = at
        if registrant:
            self.registrants.add(registrant)
        if account:
            self.accounts.add(account)
        if email:
            self.emails.add(email)

    def intervals(self, run_end: datetime | None) -> list[Interval]:
        return self.listed or pair(self.joined, self.left, run_end)


LEAVINGS = {kind.value: kind for kind in LeaveKind}


class Devices:
    """The devices behind sightings."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Device] = {}

    def add(self, row: SightingRow) -> None:
        key = (row[0], row[1])
        device = self._found.get(key)
        if device is None:
            device = self._found[key] = Device(Key(KeyKind.DEVICE, f"{row[0]} {row[1]}"), occurrence_uuid=row[0])
        device.add(row)

    def in_order(self) -> list[Device]:
        return [self._found[key] for key in sorted(self._found)]


@dataclass(slots=True)
class Participant:
    """A subject, or an unidentified device, with everything that its devices gave."""

    id: UUID
    subject: Subject
    rungs: set[MatchedBy] = field(default_factory=set)
    intervals: list[Interval] = field(default_factory=list)
    heard: list[Interval] = field(default_factory=list)
    """What messages told of runs for which a list counts."""
    devices: list[Device] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        """The name that was seen last."""
        names = ((at, name) for device in self.devices for name, at in device.names.items())
        return max(names, default=(None, ""))[1]

    @property
    def keys(self) -> list[Key]:
        return sorted({key for device in self.devices for key in device.all_keys()})

    @property
    def matched_by(self) -> MatchedBy | None:
        return min(self.rungs, key=RUNGS.index, default=None)

    def note(self, device: Device, rung: MatchedBy | None) -> None:
        self.devices.append(device)
        if rung is not None:
            self.rungs.add(rung)

    def compare(self, window: Window | None) -> tuple[int, int] | None:
        """Seconds by messages and by list, of a room or person of a run for which a list counts."""
        listed = [interval for device in self.devices for interval in device.listed]
        if self.subject.kind not in (SubjectKind.ROOM, SubjectKind.PERSON) or not (listed or self.heard):
            return None
        return seconds_within(unite(self.heard), window), seconds_within(unite(listed), window)


class Gathering:
    """Takes devices one by one, so that the caller may let others work in between."""

    def __init__(self, apel_id: UUID, known: Known, run_ends: Mapping[str, datetime | None]) -> None:
        self._apel_id = apel_id
        self._known = known
        self._run_ends = run_ends
        self._found: dict[tuple[object, ...], Participant] = {}

    def add(self, device: Device) -> None:
        """Devices that only ever left were never seen to be present, and give nothing."""
        intervals = device.intervals(self._run_ends.get(device.occurrence_uuid))
        if not intervals:
            return
        subject, rung = self._known.identify(device)
        participant = self._of(subject, device)
        participant.intervals += intervals
        participant.note(device, rung)

    def hear(self, device: Device, known_as: Device) -> None:
        """Take what messages told of a device although a list counts, to be compared; after all that was added.

        A room or person whom messages alone know stays visible as a participant without time.
        """
        intervals = device.intervals(self._run_ends.get(device.occurrence_uuid))
        subject, rung = self._known.identify(known_as)
        if not intervals or subject.kind not in (SubjectKind.ROOM, SubjectKind.PERSON):
            return
        participant = self._of(subject, known_as)
        participant.heard += intervals
        if not participant.intervals:
            participant.note(device, rung)

    @property
    def participants(self) -> list[Participant]:
        return list(self._found.values())

    def _of(self, subject: Subject, device: Device) -> Participant:
        address = _address(subject, device)
        found = self._found.get(address)
        if found is None:
            found = self._found[address] = Participant(_participant_id(self._apel_id, *address), subject)
        return found


@lru_cache(maxsize=NAMES)
def _participant_id(apel_id: UUID, *address: object) -> UUID:
    return stable_id("participant", apel_id, *address)


def _address(subject: Subject, device: Device) -> tuple[object, ...]:
    """What makes a participant the same again. Whoever has no subject of its own is joined with its earlier self
    only by an identifier and the same name; two guests without any identifier are never one."""
    if subject.kind is SubjectKind.PERSON:
        return subject.kind, subject.asn_id
    if subject.kind is SubjectKind.ROOM:
        return subject.kind, subject.opd_code
    for kind in (KeyKind.REGISTRANT, KeyKind.ACCOUNT, KeyKind.EMAIL):
        if keys := device.keys(kind):
            return subject.kind, kind, min(keys).value, *sorted(key.value for key in device.keys(KeyKind.NAME))
    return subject.kind, device.device.kind, device.device.value


def measure(
    participant: Participant, apel_id: UUID, window: Window | None, *, whole: bool = True
) -> tuple[Presence, dict[str, Any]]:
    """A participant's presence, and its row; `whole`: the messages of its runs were whole but for exceptions."""
    united = unite(participant.intervals)
    spans = tuple(Span(interval.start, interval.end) for interval in united)
    subject, pair_of_seconds = participant.subject, participant.compare(window)
    presence = Presence(
        id=participant.id,
        kind=subject.kind,
        opd_code=subject.opd_code,
        asn_id=subject.asn_id,
        matched_by=participant.matched_by,
        seconds=seconds_within(united, window),
        intervals=spans,
        connected=bool(spans) and spans[-1].end is None,
        network_gap=has_network_gap(united, window),
        compared=Compared(*pair_of_seconds, whole) if pair_of_seconds else None,
    )
    row = {
        "id": presence.id,
        "apel_id": apel_id,
        "kind": presence.kind.value,
        "opd_code": presence.opd_code,
        "asn_id": presence.asn_id,
        "matched_by": participant.matched_by and participant.matched_by.value,
        "display_name": participant.display_name,
        "keys": [{"kind": key.kind.value, "value": key.value} for key in participant.keys],
        "seconds": presence.seconds,
        "intervals": [{"from": span.start, "to": span.end} for span in spans],
        "connected": presence.connected,
        "network_gap": presence.network_gap,
        "compared": presence.compared and presence.compared._asdict(),
    }
    return presence, row
