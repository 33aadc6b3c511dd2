"""From sightings to participants: devices are collected, recognised, grouped by subject and measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.fields import fold
from app.core.ids import stable_id
from app.evidence.identity import RUNGS, Key, KeyKind, Known, MatchedBy, Shown, Subject
from app.evidence.rules import (
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
class Device:
    """What one device did and showed in one run of a meeting."""

    occurrence_uuid: str
    key: str
    joined: set[datetime] = field(default_factory=set)
    left: dict[datetime, LeaveKind] = field(default_factory=dict)
    names: dict[str, datetime] = field(default_factory=dict)
    """Display name → when it was last seen."""
    registrants: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def add(self, row: SightingRow) -> None:
        _, _, kind, at, name, registrant, account, email, leave_kind = row
        if kind == SightingKind.JOINED:
            self.joined.add(at)
        else:
            self.left[at] = LeaveKind(leave_kind or LeaveKind.UNKNOWN)
        if name and self.names.get(name, at) <= at:
            self.names[name] = at
        if registrant:
            self.registrants.add(registrant)
        if account:
            self.accounts.add(account)
        if email:
            self.emails.add(email)

    @property
    def shown(self) -> Shown:
        return Shown(
            Key(KeyKind.DEVICE, f"{self.occurrence_uuid} {self.key}"),
            {
                KeyKind.REGISTRANT: frozenset(self.registrants),
                KeyKind.ACCOUNT: frozenset(self.accounts),
                KeyKind.EMAIL: frozenset(self.emails),
                KeyKind.NAME: frozenset(folded for name in self.names if (folded := fold(name))),
            },
            frozenset(self.names),
        )


def collect_devices(rows: Iterable[SightingRow]) -> list[Device]:
    """The devices behind sightings, in the order of their keys."""
    devices: dict[tuple[str, str], Device] = {}
    for row in rows:
        key = (row[0], row[1])
        device = devices.get(key)
        if device is None:
            device = devices[key] = Device(*key)
        device.add(row)
    return [devices[key] for key in sorted(devices)]


@dataclass(slots=True)
class Participant:
    """A subject, or an unidentified device, with everything that its devices gave."""

    id: UUID
    subject: Subject
    rungs: set[MatchedBy] = field(default_factory=set)
    intervals: list[Interval] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    names: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        """The name that was seen last."""
        return max(self.names, default=(None, ""))[1]

    @property
    def matched_by(self) -> MatchedBy | None:
        return min(self.rungs, key=RUNGS.index, default=None)


class Gathering:
    """Takes devices one by one, so that the caller may let others work in between."""

    def __init__(self, apel_id: UUID, known: Known, run_ends: Mapping[str, datetime | None]) -> None:
        self._apel_id = apel_id
        self._known = known
        self._run_ends = run_ends
        self.participants: dict[UUID, Participant] = {}

    def add(self, device: Device) -> None:
        """Devices that only ever left were never seen to be present, and give nothing."""
        intervals = pair(device.joined, device.left, self._run_ends.get(device.occurrence_uuid))
        if not intervals:
            return
        shown = device.shown
        subject, rung = self._known.identify(shown)
        participant = self._of(subject, shown)
        participant.intervals += intervals
        participant.rungs |= {rung} if rung else set()
        participant.keys.add(shown.device)
        participant.keys |= {Key(kind, value) for kind, values in shown.keys.items() for value in values}
        participant.names += ((at, name) for name, at in device.names.items())

    def _of(self, subject: Subject, shown: Shown) -> Participant:
        address = stable_id("participant", self._apel_id, *_address(subject, shown))
        found = self.participants.get(address)
        if found is None:
            found = self.participants[address] = Participant(address, subject)
        return found


def _address(subject: Subject, shown: Shown) -> tuple[object, ...]:
    """What makes a participant the same again. Whoever has no subject of its own is joined with its earlier self
    only by an identifier and the same name; two guests without any identifier are never one."""
    if subject.kind is SubjectKind.PERSON:
        return subject.kind, subject.asn_id
    if subject.kind is SubjectKind.ROOM:
        return subject.kind, subject.opd_code
    names = sorted(shown.keys[KeyKind.NAME])
    for kind in (KeyKind.REGISTRANT, KeyKind.ACCOUNT, KeyKind.EMAIL):
        if shown.keys[kind]:
            return subject.kind, kind, min(shown.keys[kind]), *names
    return subject.kind, shown.device.kind, shown.device.value


def measure(participant: Participant, apel_id: UUID, window: Window | None) -> tuple[Presence, dict[str, Any]]:
    """A participant's presence, and its row."""
    united = unite(participant.intervals)
    spans = tuple(Span(interval.start, interval.end) for interval in united)
    subject = participant.subject
    presence = Presence(
        id=participant.id,
        kind=subject.kind,
        opd_code=subject.opd_code,
        asn_id=subject.asn_id,
        matched_by=participant.matched_by,
        seconds=seconds_within(united, window),
        intervals=spans,
        connected=spans[-1].end is None,
        network_gap=has_network_gap(united, window),
    )
    row = {
        "id": presence.id,
        "apel_id": apel_id,
        "kind": presence.kind,
        "opd_code": presence.opd_code,
        "asn_id": presence.asn_id,
        "matched_by": presence.matched_by,
        "display_name": participant.display_name,
        "keys": [{"kind": key.kind, "value": key.value} for key in sorted(participant.keys, key=_order)],
        "seconds": presence.seconds,
        "intervals": [{"from": span.start, "to": span.end} for span in spans],
        "connected": presence.connected,
        "network_gap": presence.network_gap,
    }
    return presence, row


def _order(key: Key) -> tuple[str, str]:
    return key.kind, key.value
