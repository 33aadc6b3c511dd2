"""What a row about a person would do: a new person, a correction, a mutation from a day on, an end.

A row says: from `from_date` on the person serves there, as that. It corrects the assignment that begins on this very
day, moves the beginning of one that begins later in the same OPD, or else begins a new one and ends the one that ran.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.core.ids import new_id
from app.registry import nip as nips
from app.registry.importing import Fault, Grade, Record, Values
from app.registry.planning import PlannedRow, Span, differences, ends_before_it_begins
from app.registry.rules import WorkPattern

PERSON = ("name", "employment_type", "email")
POST = ("opd_code", "position", "level", "superior_nip", "work_pattern", "apel_duty")


@dataclass(frozen=True)
class Person:
    id: UUID
    nip: str
    name: str
    employment_type: str
    email: str | None = None
    version: int = 0


@dataclass(frozen=True)
class Post:
    """One assignment, the superior named by NIP."""

    id: UUID
    opd_code: str
    position: str
    level: str | None
    superior_nip: str | None
    work_pattern: str
    apel_duty: bool
    from_date: date
    to_date: date | None = None

    def holds(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)

    def overlaps(self, other: "Post") -> bool:
        return self.from_date <= (other.to_date or date.max) and other.from_date <= (self.to_date or date.max)


@dataclass(frozen=True)
class AsnRegister:
    """What is known before the file: the people it names with their posts, superiors, and all OPDs."""

    people: Mapping[str, Person]
    posts: Mapping[str, Sequence[Post]]
    """NIP → assignments in order of their beginning."""
    opd_ends: Mapping[str, date | None]
    """OPD code → its last day."""


@dataclass(frozen=True)
class Settlement:
    """What a row does to a person's assignments."""

    seen: Post | None = None
    """The assignment that the row is compared with."""
    result: Post | None = None
    """The assignment that the row describes, as it will be."""
    ended: Post | None = None
    """The one that a mutation ends the day before."""


@dataclass
class AsnPlan:
    today: date
    rows: list[PlannedRow] = field(default_factory=list)
    new_people: list[Person] = field(default_factory=list)
    changed_people: list[Person] = field(default_factory=list)
    """Also those whose posts alone change, so that their version moves."""
    new_posts: list[tuple[UUID, Post]] = field(default_factory=list)
    changed_posts: list[tuple[UUID, Post]] = field(default_factory=list)
    span: Span = field(default_factory=Span)


def plan_asn(records: Sequence[Record], register: AsnRegister, today: date) -> AsnPlan:
    """The plan of a whole file; nothing is written while any of its rows is an error."""
    plan = AsnPlan(today)
    in_file = {record.values["nip"] for record in records if not record.broken}
    for record in records:
        plan.rows.append(_plan_row(plan, record, register, in_file))
    return plan


def _plan_row(plan: AsnPlan, record: Record, register: AsnRegister, in_file: set[str]) -> PlannedRow:
    if record.broken:
        return PlannedRow(record)
    person = register.people.get(record.values["nip"])
    record = record.with_faults(*_faults(record.values, person is None, register, in_file, plan.today))
    if record.broken:
        return PlannedRow(record)
    values = dict(record.values)
    if any(fault.code == "superior_unknown" for fault in record.faults):
        del values["superior_nip"]
    posts = register.posts.get(person.nip, ()) if person else ()
    settled = settle(posts, values)
    clash = _clash(posts, settled)
    if clash is not None:
        facts: dict[str, str | int] = {"opd_code": clash.opd_code, "from_date": clash.from_date.isoformat()}
        return PlannedRow(record.with_faults(Fault("from_date", "assignment_overlaps", facts=facts)))
    return _keep(plan, record, values, person, settled)


def _faults(values: Values, is_new: bool, register: AsnRegister, in_file: set[str], today: date) -> list[Fault]:
    nip, code, begin = values["nip"], values["opd_code"], values["from_date"]
    found = ends_before_it_begins(begin, values.get("to_date"))
    if code not in register.opd_ends:
        found.append(Fault("opd_code", "opd_unknown", facts={"opd_code": code}))
    elif (register.opd_ends[code] or date.max) < begin:
        found.append(Fault("opd_code", "opd_closed", facts={"opd_code": code}))
    superior = values.get("superior_nip")
    if superior == nip:
        found.append(Fault("superior_nip", "superior_is_self"))
    elif superior is not None and superior not in register.people and superior not in in_file:
        found.append(Fault("superior_nip", "superior_unknown", Grade.WARNING))
    if is_new:
        doubts = nips.doubts(nip, values["employment_type"], today)
        found += [Fault("nip", code, Grade.WARNING) for code in doubts]
    return found


def settle(posts: Sequence[Post], values: Values) -> Settlement:
    """Which assignment a row is about, and what becomes of it."""
    begin = values["from_date"]
    end = {"to_date": values["to_date"]} if "to_date" in values else {}
    said = {name: values[name] for name in POST if name in values}
    for post in posts:
        if post.from_date == begin:
            return Settlement(seen=post, result=replace(post, **said, **end))
    running = next((post for post in posts if post.holds(begin)), None)
    if running is not None:
        wanted = replace(running, **said)
        if wanted == running:
            return Settlement(seen=running, result=replace(running, **end))
        fresh = replace(wanted, id=new_id(), from_date=begin, to_date=end.get("to_date"))
        return Settlement(seen=running, result=fresh, ended=replace(running, to_date=begin - timedelta(days=1)))
    later = next((post for post in posts if post.from_date > begin), None)
    if later and later.opd_code == said["opd_code"] and (end.get("to_date") or date.max) >= later.from_date:
        return Settlement(seen=later, result=replace(later, **said, **end, from_date=begin))
    defaults = {"level": None, "superior_nip": None, "work_pattern": WorkPattern.FIVE_DAYS.value}
    return Settlement(result=Post(id=new_id(), **(defaults | said), from_date=begin, to_date=end.get("to_date")))


def _clash(posts: Sequence[Post], settled: Settlement) -> Post | None:
    """Another assignment of the person that the new one would overlap."""
    touched = {post.id for post in (settled.result, settled.ended) if post is not None}
    result = settled.result
    return next((post for post in posts if post.id not in touched and result and result.overlaps(post)), None)


def _keep(plan: AsnPlan, record: Record, values: Values, person: Person | None, settled: Settlement) -> PlannedRow:
    """Add a row's writes to the plan."""
    said = {name: values[name] for name in PERSON if name in values}
    after = replace(person, **said) if person else Person(id=new_id(), nip=values["nip"], **said)
    changes = differences(_view(person, settled.seen), _view(after, settled.result))
    row = PlannedRow(record, person is None, changes)
    if not changes:
        return row
    (plan.changed_people if person else plan.new_people).append(after)
    if person and after != person:
        plan.span.widen(plan.today)
    _keep_posts(after.id, settled, plan)
    return row


def _keep_posts(asn_id: UUID, settled: Settlement, plan: AsnPlan) -> None:
    seen, result = settled.seen, settled.result
    assert result is not None
    if settled.ended is not None:
        plan.changed_posts.append((asn_id, settled.ended))
    if seen is None or seen.id != result.id:
        plan.new_posts.append((asn_id, result))
        plan.span.widen(result.from_date)
    elif seen != result:
        plan.changed_posts.append((asn_id, result))
        plan.span.widen(_first_day_of_change(seen, result))


def _first_day_of_change(before: Post, after: Post) -> date:
    if replace(before, to_date=after.to_date) != after:
        return min(before.from_date, after.from_date)
    return min(before.to_date or date.max, after.to_date or date.max)


def _view(person: Person | None, post: Post | None) -> dict[str, Any]:
    """The cells of a person as the file has them."""
    cells: dict[str, Any] = {}
    if person is not None:
        cells |= {"nip": person.nip} | {name: getattr(person, name) for name in PERSON}
    if post is not None:
        cells |= {name: getattr(post, name) for name in (*POST, "from_date", "to_date")}
    return cells
