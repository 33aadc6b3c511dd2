"""Whom a circular addresses, which one is in force on a day, and how acknowledgements are counted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.apel.roster import OpdOfDay
from app.circulars.errors import CircularNotPublished, CircularNotValid, CircularPublished
from app.core.rates import Percent
from app.registry.rules import OpdType, Reports, Tree, ancestors, reporting_unit, shown_under

Opds = Mapping[str, OpdOfDay]
"""The OPDs of one day, by code."""


class Office(StrEnum):
    """Who receives a circular for an office: every reporting OPD's head, and those whom a regency names beside them."""

    HEADS = "heads"
    CAMAT = "camat"
    LURAH = "lurah"
    DESA = "desa"
    """Villages are no OPD: their kecamatan says for them who signed."""


class CircularKind(StrEnum):
    GENERAL = "general"
    NO_LIVESTREAM = "no_livestream"


class CircularState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """How somebody acknowledged."""

    APP = "app"
    PAPER = "paper"
    WA = "wa"
    MEETING = "meeting"


class Act(StrEnum):
    READ = "read"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class CircularScope:
    """Whom a circular addresses; recipients are computed from it for a day, and never stored."""

    offices: frozenset[str]
    employment_types: frozenset[str]
    opd_types: frozenset[str] = frozenset()
    """Only OPDs of these types; empty: of all."""
    opd_codes: frozenset[str] = frozenset()
    """Only these OPDs and those below them; empty: all."""

    @classmethod
    def read(cls, kept: Mapping[str, Iterable[str]]) -> "CircularScope":
        return cls(**{name: frozenset(values) for name, values in kept.items()})

    @property
    def empty(self) -> bool:
        return not (self.offices or self.employment_types)


@dataclass(frozen=True)
class RuleInForce:
    """A circular that binds on a day, as the rooms above ask for it."""

    id: UUID
    number: str
    dated_on: date
    title: str
    version: int
    effective_from: date
    scope: CircularScope
    rules: Mapping[str, Any]
    """Of `no_livestream`: `platforms`, empty for all of them."""


def lineage(tree: Tree, opd_code: str) -> frozenset[str]:
    """An OPD with those above it."""
    return frozenset(node.code for node in ancestors(tree, opd_code))


def _fits(scope: CircularScope, opd_type: str, opd_codes: Collection[str]) -> bool:
    of_type = not scope.opd_types or opd_type in scope.opd_types
    return of_type and (not scope.opd_codes or not scope.opd_codes.isdisjoint(opd_codes))


def covers(scope: CircularScope, employment_type: str, opd_type: str, opd_codes: Collection[str]) -> bool:
    """Whether a circular addresses a person; `opd_codes` are where the person serves and the OPDs above (`lineage`)."""
    return employment_type in scope.employment_types and _fits(scope, opd_type, opd_codes)


def opds_in_filter(scope: CircularScope, opds: Opds) -> set[str]:
    """The OPDs whose people, of the employment types, are addressed."""
    return {code for code, opd in opds.items() if _fits(scope, opd.type, lineage(opds, code))}


def offices_addressed(scope: CircularScope, opds: Opds) -> set[str]:
    """The OPDs whose heads are addressed, each once: a camat heads an OPD that reports as well."""
    return {code for code in opds_in_filter(scope, opds) if _is_office(scope.offices, opds[code])}


def _is_office(offices: Collection[str], opd: OpdOfDay) -> bool:
    return (
        (Office.HEADS in offices and opd.reports is Reports.YES)
        or (Office.CAMAT in offices and opd.type == OpdType.KECAMATAN)
        or (Office.LURAH in offices and opd.type == OpdType.KELURAHAN)
    )


def kecamatan_addressed(scope: CircularScope, opds: Opds) -> set[str]:
    """The kecamatan whose villages are addressed."""
    if Office.DESA not in scope.offices:
        return set()
    return {code for code in opds_in_filter(scope, opds) if opds[code].type == OpdType.KECAMATAN}


def state_of(*, published: bool, withdrawn: bool, superseded: bool) -> CircularState:
    if withdrawn:
        return CircularState.WITHDRAWN
    if not published:
        return CircularState.DRAFT
    return CircularState.SUPERSEDED if superseded else CircularState.PUBLISHED


def require_draft(state: CircularState) -> None:
    if state is not CircularState.DRAFT:
        raise CircularPublished


def require_open(state: CircularState) -> None:
    """Only what is in force is acknowledged anew: what came after it wants its own acknowledgement."""
    if state is CircularState.DRAFT:
        raise CircularNotPublished
    if state is not CircularState.PUBLISHED:
        raise CircularNotValid


@dataclass(frozen=True)
class Counted:
    """How many were addressed, and how many of them have read and acknowledged; who acknowledged has read."""

    addressed: int = 0
    read: int = 0
    acknowledged: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.addressed + other.addressed, self.read + other.read, self.acknowledged + other.acknowledged)

    @property
    def pending(self) -> int:
        return self.addressed - self.acknowledged

    @property
    def read_share(self) -> Percent:
        return Percent(self.read, self.addressed)

    @property
    def acknowledged_share(self) -> Percent:
        return Percent(self.acknowledged, self.addressed)


class OpdCount(NamedTuple):
    """How far one row of a list of OPDs is."""

    opd_code: str
    offices: Counted
    people: Counted
    desa: Counted


def count_those(addressed: Iterable[Any], acts: Mapping[Any, Collection[str]]) -> Counted:
    """Those addressed, by what each of them did."""
    found = [acts.get(one, ()) for one in addressed]
    acknowledged = sum(Act.ACKNOWLEDGED in done for done in found)
    return Counted(len(found), sum(bool(done) for done in found), acknowledged)


def sum_by_row(counted: Mapping[str, Counted], tree: Tree, scope: frozenset[str] | None = None) -> dict[str, Counted]:
    """Counts of OPDs within a reach, summed into the rows under which the caller reads them."""
    rows: dict[str, Counted] = {}
    for code, count in counted.items():
        if scope is None or code in scope:
            row = shown_under(code, reporting_unit(tree, code), scope)
            rows[row] = rows.get(row, Counted()) + count
    return rows


def rank_for(*, addressed: bool, state: CircularState, read: bool, acknowledged: bool) -> int:
    """The place of a circular in somebody's list: unread, then read but not acknowledged, then all others."""
    if not addressed or acknowledged or state is not CircularState.PUBLISHED:
        return 2
    return 1 if read else 0
