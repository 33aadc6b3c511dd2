"""Who is expected at an apel, who reports for whom, and the name under which a person is recognised on Zoom."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar
from uuid import UUID

from app.registry.rules import HeadRow, Node, RosterRow, ancestors, reporter, reporting_unit


@dataclass(frozen=True)
class OpdOfDay(Node):
    """An OPD as it stands on the day of an apel."""

    name: str
    short_name: str
    type: str
    protocol_order: int
    connectivity: str
    contact: str | None
    zoom_email: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the roster."""

    asn_id: UUID
    opd_code: str
    """Where the person serves."""
    reporter_code: str
    """Whose claim covers the person: the reporting unit or one of its parts."""
    unit_code: str
    """The reporting unit: the person's row on the board."""
    nip: str
    name: str
    folded_name: str
    employment_type: str
    position: str
    work_pattern: str
    required: bool
    """Duty-bound by the register; what a duty of that day changes is concluded later."""
    join_name: str
    email: str | None = None


@dataclass(frozen=True)
class Unit:
    """A reporting unit, or a part that sums into one."""

    opd_code: str
    unit_code: str
    """The unit that this one's claim sums into; itself for a reporting unit."""
    name: str
    short_name: str
    type: str
    protocol_order: int
    connectivity: str
    contact: str | None
    zoom_email: str | None
    strength: int
    """Required people whose claim this one sends."""


@dataclass(frozen=True)
class Head:
    opd_code: str
    asn_id: UUID
    name: str
    title: str


@dataclass(frozen=True)
class Roster:
    units: dict[str, Unit]
    entries: list[Entry]
    heads: dict[str, Head]
    """Reporting unit → who heads it on that day."""

    def people_of(self, code: str) -> list[Entry]:
        """The roster that a code names on Zoom: its unit's, its part's or its own people."""
        return [entry for entry in self.entries if code in {entry.unit_code, entry.reporter_code, entry.opd_code}]

    def parts_of(self, unit_code: str) -> list[Unit]:
        """The unit itself and the parts that sum into it."""
        return [unit for unit in self.units.values() if unit.unit_code == unit_code]


def reporters_of(tree: Mapping[str, OpdOfDay], code: str) -> tuple[str, str] | None:
    """Whose claim covers an OPD and whose row it is; None where nobody reports for it.

    A part without a reporting unit above it is its own unit, so that its people are not lost.
    """
    covered_by = reporter(tree, code)
    return None if covered_by is None else (covered_by, reporting_unit(tree, covered_by) or covered_by)


def codes_within(tree: Mapping[str, OpdOfDay], unit_codes: Collection[str]) -> list[str]:
    """The OPDs whose people count for one of these units."""
    return [code for code in tree if (found := reporters_of(tree, code)) and found[1] in unit_codes]


def in_scope(tree: Mapping[str, OpdOfDay], code: str, only: Collection[str] | None) -> bool:
    """Whether an apel that calls these OPDs, and those below them, calls this one."""
    return only is None or any(node.code in only for node in ancestors(tree, code))


def build_roster(
    tree: Mapping[str, OpdOfDay],
    rows: Iterable[RosterRow],
    heads: Iterable[HeadRow],
    only: Collection[str] | None = None,
    *,
    joins: bool = True,
) -> Roster:
    """The roster of one day; `heads` name the head that counts first. Without `joins` nobody gets a join name."""
    called = {code: found for code in tree if in_scope(tree, code, only) and (found := reporters_of(tree, code))}
    entries = [_enter(row, *called[row.opd_code]) for row in rows if row.opd_code in called]
    if joins:
        entries = name_joins(entries)
    strengths: dict[str, int] = {}
    for entry in entries:
        strengths[entry.reporter_code] = strengths.get(entry.reporter_code, 0) + entry.required
    units = {}
    for code, unit_code in sorted(set(called.values()) | {(unit, unit) for _, unit in called.values()}):
        units[code] = _unit(tree[code], unit_code, strengths.get(code, 0))
    return Roster(units, entries, choose_heads(heads, {code for code in units if code in called}))


def _enter(row: RosterRow, reporter_code: str, unit_code: str) -> Entry:
    return Entry(
        asn_id=row.asn_id,
        opd_code=row.opd_code,
        reporter_code=reporter_code,
        unit_code=unit_code,
        nip=row.nip,
        name=row.name,
        folded_name=row.folded_name,
        employment_type=row.employment_type,
        position=row.position,
        work_pattern=row.work_pattern,
        required=row.apel_duty,
        join_name="",
        email=row.email,
    )


def _unit(opd: OpdOfDay, unit_code: str, strength: int) -> Unit:
    return Unit(
        opd_code=opd.code,
        unit_code=unit_code,
        name=opd.name,
        short_name=opd.short_name,
        type=opd.type,
        protocol_order=opd.protocol_order,
        connectivity=opd.connectivity,
        contact=opd.contact,
        zoom_email=opd.zoom_email,
        strength=strength,
    )


def choose_heads(heads: Iterable[HeadRow], units: Collection[str]) -> dict[str, Head]:
    """The head that counts first, of each of these units."""
    chosen: dict[str, Head] = {}
    for row in heads:
        if row.opd_code in units:
            chosen.setdefault(row.opd_code, Head(row.opd_code, row.asn_id, row.name, row.title))
    return chosen


class Named(Protocol):
    """What recognising a person needs to know of one."""

    @property
    def nip(self) -> str: ...
    @property
    def folded_name(self) -> str: ...


Person = TypeVar("Person", bound=Named)


def match_person(people: Iterable[Person], digits: str, words: Collection[str]) -> Person | None:
    """The person of a roster whom the last four NIP digits and the typed, folded words mean; None when in doubt.

    Digits that one person alone bears suffice, unless words are typed and none of them is of that person's name: a
    mistyped number must not become somebody else. Where several bear them, exactly one must bear every word, whole.
    """
    typed = set(words)
    bearers = [person for person in people if person.nip[-4:] == digits]
    if len(bearers) == 1:
        return bearers[0] if not typed or typed & set(bearers[0].folded_name.split()) else None
    bearers = [person for person in bearers if typed and typed <= set(person.folded_name.split())]
    return bearers[0] if len(bearers) == 1 else None


TITLES = frozenset({"dr", "drs", "dra", "drg", "drh", "ir", "prof", "h", "hj", "hi", "apt", "ns"})
"""Words before a name that nobody is called by."""


def name_joins(entries: Sequence[Entry]) -> list[Entry]:
    """The same people, each with the name to join under: `[UNIT] dddd Name`, as short as recognition allows.

    Who cannot be told apart within the unit is named by the part or OPD where they serve. Where no words can do it
    (the same name and digits in one OPD), the names are numbered: unique, and left to a person to assign.
    """
    bearers: _Bearers = {}
    for entry in entries:
        words = frozenset(entry.folded_name.split())
        for code in {entry.unit_code, entry.reporter_code, entry.opd_code}:
            bearers.setdefault((code, entry.nip[-4:]), []).append(words)
    taken: dict[str, int] = {}
    return [replace(entry, join_name=_join_name(entry, bearers, taken)) for entry in entries]


_Bearers = dict[tuple[str, str], list[frozenset[str]]]
"""Code and digits → the words of each name that bears them: `match_person` for a whole regency at once."""


def _join_name(entry: Entry, bearers: _Bearers, taken: dict[str, int]) -> str:
    digits = entry.nip[-4:]
    for code in dict.fromkeys((entry.unit_code, entry.reporter_code, entry.opd_code)):
        names = bearers[code, digits]
        for run in _runs(entry.folded_name.split()):
            if len(names) == 1 or sum(words.issuperset(run) for words in names) == 1:
                return f"[{code}] {digits} {_spoken(run)}"
    written = f"[{entry.unit_code}] {digits} {_spoken(entry.folded_name.split())}"
    taken[written] = taken.get(written, 0) + 1
    return f"{written} ({taken[written]})"


def _runs(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of name words, the shortest first; among equals those without titles and initials, then from the left."""
    for length in range(1, len(words) + 1):
        runs = [words[start : start + length] for start in range(len(words) - length + 1)]
        yield from sorted(runs, key=lambda run: sum(len(word) < 3 or word in TITLES for word in run))


def _spoken(words: Sequence[str]) -> str:
    return " ".join(word.capitalize() for word in words)
