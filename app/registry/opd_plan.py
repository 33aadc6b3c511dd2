"""What a row about an OPD would do: to the OPD itself, to the tree it stands in, and to who heads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.core.ids import new_id
from app.registry.importing import Fault, Grade, Record, Values
from app.registry.planning import PlannedRow, Span, differences, ends_before_it_begins
from app.registry.rules import Connectivity, HeadTitle, Node, Reports, Tree, ancestors, reporting_unit

UNKNOWN_BEGINNING = date(2000, 1, 1)
"""An OPD whose beginning nobody wrote down has always been there."""
OPD = (
    "name",
    "short_name",
    "type",
    "parent_code",
    "protocol_order",
    "reports",
    "zoom_email",
    "contact",
    "connectivity",
    "from_date",
    "to_date",
)


@dataclass(frozen=True)
class Agency:
    """An OPD with all its columns."""

    code: str
    name: str
    short_name: str
    type: str
    parent_code: str | None
    protocol_order: int
    reports: str
    zoom_email: str | None = None
    contact: str | None = None
    connectivity: str = Connectivity.GOOD.value
    from_date: date = UNKNOWN_BEGINNING
    to_date: date | None = None
    version: int = 0


@dataclass(frozen=True)
class Head:
    """A headship, the person named by NIP."""

    id: UUID
    opd_code: str
    nip: str
    title: str
    from_date: date
    to_date: date | None = None


@dataclass(frozen=True)
class OpdRegister:
    """What is known before the file: all OPDs, who heads them now or later, and which heads of the file are known."""

    agencies: Mapping[str, Agency]
    heads: Mapping[str, Sequence[Head]]
    """OPD code → headships that are not over, definitive and latest first."""
    nips: frozenset[str]
    staff: Mapping[str, int]
    """OPD code → people who serve there without an end."""


@dataclass
class OpdPlan:
    today: date
    rows: list[PlannedRow] = field(default_factory=list)
    new_agencies: list[Agency] = field(default_factory=list)
    changed_agencies: list[Agency] = field(default_factory=list)
    """Also those whose head alone changes, so that their version moves."""
    new_heads: list[Head] = field(default_factory=list)
    ended_heads: list[Head] = field(default_factory=list)
    """With their last day; one that would end before it began is taken out."""
    span: Span = field(default_factory=Span)


def plan_opd(records: Sequence[Record], register: OpdRegister, today: date) -> OpdPlan:
    """The plan of a whole file; nothing is written while any of its rows is an error."""
    plan = OpdPlan(today)
    tree = _tree_to_be(records, register)
    for record in records:
        plan.rows.append(_plan_row(plan, record, register, tree))
    return plan


def _tree_to_be(records: Sequence[Record], register: OpdRegister) -> Tree:
    """The tree as it will stand; a broken row still stands for its code, so that it does not break its children."""
    tree = {code: Node(code, a.parent_code, Reports(a.reports)) for code, a in register.agencies.items()}
    # From the last to the first: of a code that is repeated, the first row counts.
    for said in (record.values for record in reversed(records)):
        if code := said.get("code"):
            old = tree.get(code, Node(code, None, Reports.NO))
            tree[code] = Node(code, said.get("parent_code", old.parent_code), Reports(said.get("reports", old.reports)))
    return tree


def _plan_row(plan: OpdPlan, record: Record, register: OpdRegister, tree: Tree) -> PlannedRow:
    if record.broken:
        return PlannedRow(record)
    values = record.values
    before = register.agencies.get(values["code"])
    said = {name: values[name] for name in OPD if name in values}
    after = replace(before, **said) if before else Agency(code=values["code"], **said)
    faults = [*ends_before_it_begins(after.from_date, after.to_date), *_tree_faults(after, tree)]
    record = record.with_faults(*faults, *_people_faults(before, after, register), *_head_faults(values, register))
    return PlannedRow(record) if record.broken else _keep(plan, record, before, after, register)


def _tree_faults(agency: Agency, tree: Tree) -> list[Fault]:
    parent = agency.parent_code
    if parent == agency.code:
        return [Fault("parent_code", "parent_is_self")]
    if parent is not None and parent not in tree:
        return [Fault("parent_code", "parent_unknown", facts={"opd_code": parent})]
    if parent is not None and any(node.parent_code == agency.code for node in ancestors(tree, parent)):
        return [Fault("parent_code", "parent_loop", facts={"opd_code": parent})]
    if reporting_unit(tree, agency.code) is None:
        return [Fault("reports", "nobody_reports", Grade.WARNING)]
    return []


def _people_faults(before: Agency | None, after: Agency, register: OpdRegister) -> list[Fault]:
    """People of an OPD that is no more are on no roster."""
    count = register.staff.get(after.code, 0)
    if after.to_date is None or count == 0 or (before and before.to_date == after.to_date):
        return []
    return [Fault("to_date", "people_remain", Grade.WARNING, {"count": count})]


def _head_faults(values: Values, register: OpdRegister) -> list[Fault]:
    nip = values.get("head_nip")
    if nip is None:
        return [Fault("head_title", "head_nip_missing", Grade.WARNING)] if values.get("head_title") else []
    return [] if nip in register.nips else [Fault("head_nip", "head_unknown", Grade.WARNING)]


def _keep(plan: OpdPlan, record: Record, before: Agency | None, after: Agency, register: OpdRegister) -> PlannedRow:
    """Add a row's writes to the plan."""
    running = register.heads.get(after.code, ())
    seen = running[0] if running else None
    head = _head_wanted(record.values, after, running, plan.today) if _names_head(record, register) else seen
    if head in running:
        seen = head
    changes = differences(_view(before, seen), _view(after, head))
    row = PlannedRow(record, before is None, changes)
    if not changes:
        return row
    (plan.changed_agencies if before else plan.new_agencies).append(after)
    plan.span.widen(_first_day_of_change(before, after, plan.today))
    if head is not None and head != seen:
        plan.new_heads.append(head)
        plan.ended_heads += _ended_by(head, running)
    return row


def _names_head(record: Record, register: OpdRegister) -> bool:
    return record.values.get("head_nip") in register.nips


def _head_wanted(values: Values, agency: Agency, running: Sequence[Head], today: date) -> Head:
    """The headship that a row asks for: one that runs, or a new one from today (the first: from the beginning)."""
    nip = values["head_nip"]
    title = values.get("head_title") or HeadTitle.DEFINITIF.value
    same = next((head for head in running if head.nip == nip and head.title == title), None)
    return same or Head(new_id(), agency.code, nip, title, today if running else agency.from_date)


def _ended_by(head: Head, running: Sequence[Head]) -> list[Head]:
    """A definitive head or Plt ends all others; a Plh stands in beside the one whose place it keeps."""
    over = [old for old in running if head.title != HeadTitle.PLH or old.title == HeadTitle.PLH or old.nip == head.nip]
    return [replace(old, to_date=head.from_date - timedelta(days=1)) for old in over]


def _first_day_of_change(before: Agency | None, after: Agency, today: date) -> date:
    """Dates reach back to what they change; the rest counts from today, what was held keeps its frozen roster."""
    if before is None:
        return after.from_date
    if before.from_date != after.from_date:
        return min(before.from_date, after.from_date)
    if before.to_date != after.to_date:
        return min(before.to_date or date.max, after.to_date or date.max, today)
    return today


def _view(agency: Agency | None, head: Head | None) -> dict[str, Any]:
    """The cells of an OPD as the file has them."""
    cells: dict[str, Any] = {}
    if agency is not None:
        cells |= {"code": agency.code} | {name: getattr(agency, name) for name in OPD}
    if head is not None:
        cells |= {"head_nip": head.nip, "head_title": head.title}
    return cells
