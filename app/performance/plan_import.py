"""Plans from a file: each row a target of an indicator. What the file does not name stays as it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.errors import FieldError
from app.core.principal import Principal
from app.performance.importing import Row, read_file, refuse
from app.performance.outcomes import PlanKey, load_plans
from app.performance.planning import Indicator, Names, Words, merge, words_of
from app.performance.plans import Version, keep_plans
from app.performance.rules import Aspect, Better, Theme
from app.performance.schemas import ImportResult, Kind

SPEAK_OF_OUTPUT = ("rhk", "indicator")
OF_INDICATOR = ("unit", "weight", "better", "theme", "supports")
"""What all rows of an indicator must agree in."""
Said = dict[Words, dict[str, Row]]
"""Indicator → period → its row."""


async def import_plans(
    session: AsyncSession, caller: Principal, data: bytes, reason: str | None, *, preview: bool, at: datetime
) -> ImportResult:
    """Add what every row agrees to the plans in force, or with `preview` only count it.

    Raises what `read_file` raises. The number of statements does not depend on the number of rows.
    """
    rows = await read_file(session, caller, Kind.PLANS, data, SPEAK_OF_OUTPUT)
    refuse(_impossible(rows))
    said = _said(rows)
    refuse(_contradicting(rows, said))
    known = await load_plans(session, said.keys())
    plans = {key: _version(key, known.get(key, (0, [])), indicators) for key, indicators in said.items()}
    changed = {key: plan for key, plan in plans.items() if plan.number == 1 or list(plan.after) != list(plan.before)}
    if not preview:
        await keep_plans(session, caller, changed, reason, at=at)
    created = sum(plan.number == 1 for plan in changed.values())
    done = ImportResult(
        kind=Kind.PLANS,
        preview=preview,
        rows=len(rows),
        people=len({row.asn_id for row in rows}),
        created=created,
        changed=len(changed) - created,
        accepted=0,
        unchanged=len(plans) - len(changed),
    )
    nips = {row.nip for row in rows}
    await record(session, caller, "performance.import", at=at, nips=nips, done=done.model_dump(mode="json"))
    return done


def _impossible(rows: Iterable[Row]) -> Iterable[FieldError]:
    for row in rows:
        if Decimal(row.values["target"]) == 0 and row.values.get("better") != Better.LOWER:
            yield FieldError(f"/{row.line}/target", "target_zero")


def _words(row: Row) -> Words:
    return words_of(row.values["rhk"], row.values["indicator"], Aspect(row.values["aspect"]))


def _said(rows: Iterable[Row]) -> dict[PlanKey, Said]:
    said: dict[PlanKey, Said] = {}
    for row in rows:
        of_person = said.setdefault(PlanKey(row.asn_id, row.year), {})
        of_person.setdefault(_words(row), {}).setdefault(row.values["period"], row)
    return said


def _contradicting(rows: Iterable[Row], said: Mapping[PlanKey, Said]) -> Iterable[FieldError]:
    """Rows of one indicator that say different things of it, or of one period."""
    for row in rows:
        of_indicator = said[PlanKey(row.asn_id, row.year)][_words(row)]
        first, same_period = next(iter(of_indicator.values())), of_indicator[row.values["period"]]
        for name in OF_INDICATOR:
            if row.values.get(name) != first.values.get(name):
                yield FieldError(f"/{row.line}/{name}", "differs_in_file", {"line": first.line})
        if row.values["target"] != same_period.values["target"]:
            yield FieldError(f"/{row.line}/target", "differs_in_file", {"line": same_period.line})


def _version(key: PlanKey, known: tuple[int, Sequence[Indicator]], said: Said) -> Version:
    number, before = known
    names = Names(key.asn_id, key.year, before)
    return Version(number + 1, before, merge(before, [_indicator(words, of, names) for words, of in said.items()]))


def _indicator(words: Words, rows: Mapping[str, Row], names: Names) -> Indicator:
    values: Mapping[str, Any] = next(iter(rows.values())).values
    return Indicator(
        id=names.id_of(words),
        rhk=values["rhk"],
        supports=values.get("supports"),
        theme=Theme(values["theme"]) if "theme" in values else None,
        indicator=values["indicator"],
        aspect=Aspect(values["aspect"]),
        unit=values["unit"],
        better=Better(values.get("better", Better.HIGHER)),
        weight=values.get("weight", 1),
        targets={period: Decimal(row.values["target"]) for period, row in sorted(rows.items())},
    )
