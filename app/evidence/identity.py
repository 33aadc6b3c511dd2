"""Whom a device means: the ladder of identity, on which the first hit wins and an ambiguous hit is none.

A person's decision for this apel → registrant → account → e-mail → display name → host or recorder. A wrong match is
the defect; unmatched is correct.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from app.apel.roster import Entry, Roster, match_person
from app.core.fields import fold
from app.evidence.bots import is_bot
from app.evidence.rules import SubjectKind


class KeyKind(StrEnum):
    DEVICE = "device"
    REGISTRANT = "registrant"
    ACCOUNT = "account"
    EMAIL = "email"
    NAME = "name"


class MatchedBy(StrEnum):
    """The rung of the ladder, strongest first."""

    DECISION = "decision"
    REGISTRANT = "registrant"
    ACCOUNT = "account"
    EMAIL = "email"
    ALIAS = "alias"
    """A name that a person once assigned and had remembered."""
    DISPLAY_NAME = "display_name"
    HOST = "host"
    """The account that hosts the meeting, under a name that claims no OPD."""
    BOT = "bot"
    """A recorder or note taker, by the name under which it joins."""


RUNGS = list(MatchedBy)
SHOWN_KINDS = (KeyKind.REGISTRANT, KeyKind.ACCOUNT, KeyKind.EMAIL, KeyKind.NAME)
NAMES = 16_384
"""Names whose reading is remembered: those of an apel, which is settled many times over while it is held."""


class Key(NamedTuple):
    """Something that a device showed; names are folded."""

    kind: KeyKind
    value: str


class Subject(NamedTuple):
    kind: SubjectKind
    opd_code: str | None = None
    asn_id: UUID | None = None


class RoomName(NamedTuple):
    """`[OPD_CODE] text`: that OPD's room."""

    code: str


class PersonName(NamedTuple):
    """`[OPD_CODE] dddd words`: a claim to be a person of that OPD's roster, and never a room."""

    code: str
    digits: str
    words: tuple[str, ...]


_CONVENTION = re.compile(r"\[\s*([A-Z0-9][A-Z0-9._-]{0,31})\s*\]\s*(.*)", re.IGNORECASE | re.ASCII | re.DOTALL)
_DIGITS = re.compile(r"([0-9]{4,})(.*)", re.ASCII | re.DOTALL)


folded_name = lru_cache(maxsize=NAMES)(fold)


@lru_cache(maxsize=NAMES)
def parse_display_name(name: str) -> RoomName | PersonName | None:
    """What a name says by the convention. Full-width signs, decomposed letters, a missing blank and small letters in
    the code are read; other brackets, and words before the code, are not."""
    found = _CONVENTION.fullmatch(unicodedata.normalize("NFKC", name).strip())
    if found is None:
        return None
    code, text = found[1].upper(), found[2].strip()
    numbered = _DIGITS.fullmatch(text)
    if numbered is None:
        return RoomName(code)
    # Five digits and more are a slip in such a claim or a whole NIP, and no room is called like that: nobody is hit.
    return PersonName(code, numbered[1], tuple(fold(numbered[2]).split()))


@dataclass(slots=True)
class Shown:
    """All that one device showed of itself during a run."""

    device: Key
    registrants: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    names: dict[str, datetime] = field(default_factory=dict)
    """Display name as written → when it was seen last."""
    stays: set[Key] = field(default_factory=set)
    """Keys of its stays in a list: a person may have decided about one before the device's messages came."""

    def keys(self, kind: KeyKind) -> list[Key]:
        if kind is KeyKind.DEVICE:
            return [self.device, *self.stays]
        if kind is KeyKind.REGISTRANT:
            return [Key(kind, value) for value in self.registrants]
        if kind is KeyKind.ACCOUNT:
            return [Key(kind, value) for value in self.accounts]
        if kind is KeyKind.EMAIL:
            return [Key(kind, value) for value in self.emails]
        return [Key(kind, folded) for name in self.names if (folded := folded_name(name))]

    def all_keys(self) -> list[Key]:
        found = [self.device, *self.stays, *self.keys(KeyKind.NAME)]
        if self.registrants or self.accounts or self.emails:
            found += (key for kind in SHOWN_KINDS[:3] for key in self.keys(kind))
        return found


Decisions = Mapping[Key, Subject]


class Known:
    """Whom keys mean at one apel; only people and OPDs of its roster can be meant."""

    def __init__(
        self, roster: Roster, *, decided: Decisions, remembered: Decisions, hosts: Collection[str] = ()
    ) -> None:
        self._hosts = frozenset(hosts)
        self.people = {entry.asn_id: entry for entry in roster.entries}
        self.units = {unit.opd_code: unit.unit_code for unit in roster.units.values()}
        self._bearers: dict[tuple[str, str], list[Entry]] = {}
        for entry in roster.entries:
            for code in {entry.unit_code, entry.reporter_code, entry.opd_code}:
                self.units.setdefault(code, entry.unit_code)
                self._bearers.setdefault((code, entry.nip[-4:]), []).append(entry)
        self._decided = self._of_this_roster(decided)
        self._remembered = self._of_this_roster(remembered)
        self._emails = _emails_of(roster)
        self._by_name: dict[str, Subject | None] = {}

    def _of_this_roster(self, decisions: Decisions) -> Decisions:
        resolved = ((key, self.resolve(subject)) for key, subject in decisions.items())
        return {key: subject for key, subject in resolved if subject is not None}

    def resolve(self, subject: Subject) -> Subject | None:
        """The subject with its reporting unit; None when it is not of this roster."""
        if subject.kind is SubjectKind.PERSON:
            entry = self.people.get(subject.asn_id) if subject.asn_id else None
            return Subject(SubjectKind.PERSON, entry.unit_code, entry.asn_id) if entry else None
        if subject.kind is SubjectKind.ROOM:
            unit = self.units.get(subject.opd_code or "")
            return Subject(SubjectKind.ROOM, unit) if unit else None
        return subject

    def identify(self, shown: Shown) -> tuple[Subject, MatchedBy | None]:
        """The subject of a device and the rung that hit; an unknown names the OPD that its name claims."""
        for rung, hits in self._rungs(shown):
            if len(hits) == 1:
                return hits.pop(), rung
        parsed = [named for name in shown.names if (named := parse_display_name(name))]
        if not parsed and (service := self._service(shown)):
            return Subject(SubjectKind.OPERATOR), service
        claimed = {self.units[name.code] for name in parsed if name.code in self.units}
        return Subject(SubjectKind.UNKNOWN, claimed.pop() if len(claimed) == 1 else None), None

    def _service(self, shown: Shown) -> MatchedBy | None:
        """Whether a device that claims to be nobody runs or records the meeting; a bot that was renamed is none."""
        if not self._hosts.isdisjoint(shown.accounts):
            return MatchedBy.HOST
        return MatchedBy.BOT if shown.names and all(map(is_bot, shown.names)) else None

    def _rungs(self, shown: Shown) -> Iterator[tuple[MatchedBy, set[Subject]]]:
        if self._decided:
            yield MatchedBy.DECISION, _hits(self._decided, shown.keys(KeyKind.DEVICE))
            for kind in SHOWN_KINDS:
                yield MatchedBy.DECISION, _hits(self._decided, shown.keys(kind))
        if shown.registrants:
            yield MatchedBy.REGISTRANT, _hits(self._remembered, shown.keys(KeyKind.REGISTRANT))
        if shown.accounts:
            yield MatchedBy.ACCOUNT, _hits(self._remembered, shown.keys(KeyKind.ACCOUNT))
        if shown.emails:
            yield MatchedBy.EMAIL, _hits(self._remembered, shown.keys(KeyKind.EMAIL))
            yield MatchedBy.EMAIL, set().union(*(self._emails.get(email, ()) for email in shown.emails))
        if self._remembered:
            yield MatchedBy.ALIAS, _hits(self._remembered, shown.keys(KeyKind.NAME))
        yield MatchedBy.DISPLAY_NAME, {subject for name in shown.names if (subject := self._named(name))}

    def _named(self, name: str) -> Subject | None:
        """The subject of a display name by the convention."""
        if name not in self._by_name:
            parsed = parse_display_name(name)
            self._by_name[name] = self._meant(parsed) if parsed else None
        return self._by_name[name]

    def _meant(self, name: RoomName | PersonName) -> Subject | None:
        unit = self.units.get(name.code)
        if unit is None:
            return None
        if isinstance(name, RoomName):
            return Subject(SubjectKind.ROOM, unit)
        entry = match_person(self._bearers.get((name.code, name.digits), ()), name.digits, name.words)
        return Subject(SubjectKind.PERSON, entry.unit_code, entry.asn_id) if entry else None


def _emails_of(roster: Roster) -> dict[str, set[Subject]]:
    """Whom the register gave an e-mail to when the roster was frozen."""
    emails: dict[str, set[Subject]] = {}
    for unit in roster.units.values():
        if unit.zoom_email:
            room = Subject(SubjectKind.ROOM, unit.unit_code)
            emails.setdefault(unit.zoom_email.strip().casefold(), set()).add(room)
    for entry in roster.entries:
        if entry.email:
            person = Subject(SubjectKind.PERSON, entry.unit_code, entry.asn_id)
            emails.setdefault(entry.email.strip().casefold(), set()).add(person)
    return emails


def _hits(decisions: Decisions, keys: Iterable[Key]) -> set[Subject]:
    return {decisions[key] for key in keys if key in decisions}


def lasting_keys(own: Iterable[Key], others: Iterable[Key], subject: Subject, person: Entry | None) -> list[Key]:
    """By what a subject can be recognised at other apels too; empty: by nothing.

    A key that somebody else showed as well is no key of this one (an office's account on a private phone). A name
    stands in where no account, e-mail or registrant is known; a person's must be telling, since there are many Siti.
    """
    alone = set(own) - set(others)
    strong = [key for key in alone if key.kind in (KeyKind.REGISTRANT, KeyKind.ACCOUNT, KeyKind.EMAIL)]
    if strong:
        return sorted(strong, key=lambda key: (key.kind, key.value))
    names = sorted(key.value for key in alone if key.kind is KeyKind.NAME and key.value)
    if subject.kind is SubjectKind.PERSON:
        names = [name for name in names if person is not None and _is_telling(name, person)]
    return [Key(KeyKind.NAME, name) for name in names]


def _is_telling(name: str, person: Entry) -> bool:
    words = set(name.split())
    return person.nip[-4:] in words or len(words & set(person.folded_name.split())) >= 2
