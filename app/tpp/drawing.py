"""What a sheet would say now: its rows from the facts as they stand, and whether a kept sheet still says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import Row
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.tpp import queries
from app.tpp.calculating import conclude_days, draw, list_unit_members, terms_of, to_json
from app.tpp.members import Member, list_members
from app.tpp.models import TppLine, TppSheet


@dataclass(frozen=True)
class Drawing:
    """A sheet's content at this moment."""

    policy: Rules
    from_date: date
    to_date: date
    rows: dict[UUID, Row]
    """Person → the columns of the line, without the sheet's id."""


async def draw_month(session: AsyncSession, opd_code: str, month: date, policy: Rules, *, at: datetime) -> Drawing:
    """A unit's month under these rules, from all facts known now."""
    return await _draw(session, await list_unit_members(session, opd_code, month), month, policy, at=at)


async def _draw(
    session: AsyncSession, members: Sequence[Member], month: date, policy: Rules, *, at: datetime
) -> Drawing:
    terms = await terms_of(session, month, policy)
    span = terms.whole_period()
    await conclude_days(session, span, at=at)
    rows = {}
    for drawn in await draw(session, members, terms):
        made = drawn.calculation
        rows[drawn.member.asn_id] = {
            "asn_id": drawn.member.asn_id,
            "opd_code": drawn.member.opd_code,
            "employment_type": drawn.member.employment_type,
            "percent": made.percent if made else None,
            "rate": drawn.person.rate,
            "amount": made.amount if made else None,
            "calculation": to_json(drawn),
            "before": None,
        }
    return Drawing(policy, span.from_date, span.to_date, rows)


async def draw_correction(session: AsyncSession, original: TppSheet, *, at: datetime) -> Drawing:
    """What the facts say today of a frozen month under its own rules, of those for whom it is something else."""
    policy = read_rules(await get_policy(session, original.policy_id))
    settled = await queries.list_settled(session, original.id)
    members = await list_unit_members(session, original.opd_code, original.month)
    here = {member.asn_id for member in members}
    now = await _draw(session, members, original.month, policy, at=at)
    left = await list_members(session, original.month, asn_ids=settled.keys() - here)
    rows = {asn_id: row | {"before": _settled(settled.get(asn_id))} for asn_id, row in now.rows.items()}
    for asn_id in settled.keys() - here:
        rows[asn_id] = _gone(settled[asn_id], left)
    changed = {asn_id: row for asn_id, row in rows.items() if _differs(row, settled.get(asn_id))}
    return Drawing(policy, now.from_date, now.to_date, changed)


def _settled(line: TppLine | None) -> Row | None:
    if line is None:
        return None
    return {"percent": _text(line.percent), "amount": None if line.amount is None else int(line.amount)}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _gone(line: TppLine, left: Sequence[Member]) -> Row:
    """Nothing is cut here from somebody whom the register now has on another sheet."""
    served = next((member.opd_code for member in left if member.asn_id == line.asn_id), line.opd_code)
    kept = {name: line.calculation[name] for name in ("from", "to", "rule_set")}
    return {
        "asn_id": line.asn_id,
        "opd_code": served,
        "employment_type": line.employment_type,
        "percent": None if line.percent is None else Decimal(0),
        "rate": line.rate,
        "amount": None if line.amount is None else Decimal(0),
        "calculation": kept | {"lines": [], "gone": True},
        "before": _settled(line),
    }


def _differs(row: Mapping[str, Any], settled: TppLine | None) -> bool:
    """Whether a person's cut is another one; that somebody's TPP was loaded meanwhile corrects nothing."""
    if settled is None:
        return bool(row["percent"])
    known = row["amount"] is not None and settled.amount is not None
    return row["percent"] != settled.percent or (known and row["amount"] != settled.amount)


def is_moved(kept: Mapping[UUID, TppLine], now: Drawing, policy_id: UUID) -> bool:
    """Whether a kept sheet says something else than the facts: other people, other rules, another cut of anybody.

    A record that was delivered again and says the same moves nothing.
    """
    if kept.keys() != now.rows.keys() or policy_id != now.policy.id:
        return True
    return any(_essence_of_line(kept[asn_id]) != _essence(row) for asn_id, row in now.rows.items())


def _essence_of_line(line: TppLine) -> tuple[Any, ...]:
    return _essence({name: getattr(line, name) for name in ("percent", "rate", "amount", "calculation", "before")})


def _essence(row: Mapping[str, Any]) -> tuple[Any, ...]:
    lines = [{name: value for name, value in line.items() if name != "fact_id"} for line in row["calculation"]["lines"]]
    return row["percent"], row["rate"], row["amount"], row["before"], lines


def is_same(kept: Mapping[UUID, TppLine], now: Drawing) -> bool:
    """Whether nothing at all would be written anew."""
    names = ("opd_code", "employment_type", "percent", "rate", "amount", "calculation", "before")
    return kept.keys() == now.rows.keys() and all(
        getattr(kept[asn_id], name) == row[name] for asn_id, row in now.rows.items() for name in names
    )
