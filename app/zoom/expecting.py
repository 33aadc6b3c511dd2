"""Whom an apel expects on Zoom by name: a room of every unit that reports, and people who are ordered elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import compute_roster, get_roster, get_roster_of
from app.apel.roster import Entry, Roster, Unit
from app.apel.timeline import ApelNow
from app.duty.queries import list_confirmed
from app.duty.rules import WFA, Code, Duty
from app.evidence.identity import Subject
from app.evidence.rules import SubjectKind

REMOTE = frozenset({WFA, Code.DL.value})
HEAD_REMOTE = REMOTE | {Code.DD.value, Code.DK.value}
"""A head whom any duty keeps from coming joins by Zoom; leave and illness call nobody."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """One tile that is expected, or could be, and the name that it should carry."""

    subject: Subject
    """With the OPD that sends the claim, not the unit that it sums into."""
    name: str
    display_name: str
    nip: str | None = None
    """Of a person, for the audit record alone."""
    expected: bool = True

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Rooms before people, people by display name."""
        code, asn_id = self.subject.opd_code or "", self.subject.asn_id
        return code, int(asn_id is not None), self.display_name, str(asn_id or "")

    def email(self, domain: str) -> str:
        """An address that is the same every time and nobody's: people's own are none of Zoom's business."""
        if self.subject.asn_id is not None:
            return f"asn-{self.subject.asn_id.hex}@{domain}"
        return f"ruang-{blake2s((self.subject.opd_code or '').encode(), digest_size=8).hexdigest()}@{domain}"


async def load_expected(session: AsyncSession, apel: ApelNow) -> list[Invitee]:
    """All who are expected by name."""
    frozen = apel.roster_frozen_at is not None
    roster = await (get_roster(session, apel) if frozen else compute_roster(session, apel))
    duties = await list_confirmed(session, apel.on_date)
    invitees = choose_invitees(roster.units.values(), roster.entries, duties, _heads(roster))
    return [one for one in invitees if one.expected]


async def load_invitees_of(session: AsyncSession, apel: ApelNow, opd_code: str) -> list[Invitee]:
    """The room of one unit and all of its people, expected or not; empty for one that this apel does not call."""
    roster = await get_roster_of(session, apel, opd_code)
    if opd_code not in roster.units:
        return []
    duties = await list_confirmed(session, apel.on_date, [entry.asn_id for entry in roster.entries])
    return choose_invitees([roster.units[opd_code]], roster.entries, duties, _heads(roster))


def _heads(roster: Roster) -> frozenset[UUID]:
    return frozenset(head.asn_id for head in roster.heads.values())


def choose_invitees(
    units: Iterable[Unit], entries: Iterable[Entry], duties: Mapping[UUID, Duty], heads: frozenset[UUID]
) -> list[Invitee]:
    """A room for each unit, and everybody else marked by whether a duty of the day sends them to Zoom."""
    rooms = [_room(unit) for unit in units]
    people = [_person(entry, _is_remote(entry.asn_id, duties, heads)) for entry in entries]
    return sorted([*rooms, *people], key=lambda one: one.sort_key)


def _is_remote(asn_id: UUID, duties: Mapping[UUID, Duty], heads: frozenset[UUID]) -> bool:
    duty = duties.get(asn_id)
    return duty is not None and duty.code in (HEAD_REMOTE if asn_id in heads else REMOTE)


def _room(unit: Unit) -> Invitee:
    return Invitee(Subject(SubjectKind.ROOM, unit.opd_code), unit.name, f"[{unit.opd_code}] Ruang {unit.short_name}")


def _person(entry: Entry, expected: bool) -> Invitee:
    subject = Subject(SubjectKind.PERSON, entry.reporter_code, entry.asn_id)
    return Invitee(subject, entry.name, entry.join_name, entry.nip, expected)
