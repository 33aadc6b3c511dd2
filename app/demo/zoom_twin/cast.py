"""Who may come, and whom a display name means by the convention, read here a second time and on its own."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from app.core.fields import fold

_CONVENTION = re.compile(r"\[\s*([A-Z0-9._-]+)\s*\]\s*(.*)", re.DOTALL)
_CLAIM = re.compile(r"([0-9]{4,})(.*)", re.DOTALL)


@dataclass(frozen=True)
class Office:
    """A reporting unit that may send its room."""

    code: str
    account: str = ""
    """The address of its own Zoom account, as the register knows it."""


@dataclass(frozen=True)
class Person:
    asn_id: str
    unit: str
    nip: str
    name: str
    join_name: str
    email: str = ""

    @property
    def digits(self) -> str:
        return self.nip[-4:]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(fold(self.name).split())


class Who(NamedTuple):
    """A subject: `room` with its code, `person` with the id."""

    kind: str
    key: str


class Cast:
    """A roster, seen from Zoom's side: it holds more people than come."""

    def __init__(self, offices: Iterable[Office], people: Iterable[Person]) -> None:
        self.offices = {office.code: office for office in offices}
        self.people = list(people)
        self._bearers: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in self.people:
            self._bearers[person.unit, person.digits].append(person)

    def means(self, name: str) -> Who | None:
        """The subject of a display name; None when it means nobody or leaves a doubt."""
        found = _CONVENTION.fullmatch(unicodedata.normalize("NFKC", name).strip().upper())
        if found is None or found[1] not in self.offices:
            return None
        claim = _CLAIM.fullmatch(found[2])
        if claim is None:
            return Who("room", found[1])
        bearers, typed = self._bearers[found[1], claim[1]], set(fold(claim[2]).split())
        if len(bearers) != 1:
            bearers = [person for person in bearers if typed and typed <= person.words]
        elif typed and not typed & bearers[0].words:
            return None
        return Who("person", bearers[0].asn_id) if len(bearers) == 1 else None
