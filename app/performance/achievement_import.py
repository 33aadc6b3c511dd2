"""Achievements from a file: what was reached, and what the office's system says was verified."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.fields import fold
from app.core.ids import new_id
from app.core.principal import Principal
from app.performance.achievements import Claim, Known, Owner, keep_achievements, load_latest
from app.performance.importing import Row, read_file, refuse
from app.performance.models import PerformanceVerification
from app.performance.outcomes import PlanKey, judge, load_plans
from app.performance.periods import target_period
from app.performance.planning import Indicator, Target
from app.performance.rules import State
from app.performance.schemas import ImportResult, Kind

SPEAK_OF_OUTPUT = ("evidence", "note")


class Told(NamedTuple):
    """What one row says of one target."""

    row: Row
    claim: Claim
    word: State
    """As the file has it; it counts where a superior sends the file."""


async def import_achievements(
    session: AsyncSession, caller: Principal, data: bytes, *, preview: bool, at: datetime
) -> ImportResult:
    """Keep what every row says was reached, or with `preview` only count it.

    What the file says is verified counts where an admin or head sends it, never for themselves, and never against
    what somebody decided here. Raises what `read_file` raises. The number of statements does not depend on the number
    of rows.
    """
    today = civil_date(at, zone_of(session))
    rows = await read_file(session, caller, Kind.ACHIEVEMENTS, data, SPEAK_OF_OUTPUT)
    refuse(_too_early(rows, today))
    told = await _find_targets(session, rows)
    known = await load_latest(session, told.keys())
    fresh = {key: one.claim for key, one in told.items() if key not in known or known[key].claim != one.claim}
    words = {key: one for key, one in told.items() if _counts(caller, one, None if key in fresh else known[key])}
    if not preview:
        await _write(session, caller, told, known, fresh, words, at=at)
    changed = sum(key in known for key in fresh)
    done = ImportResult(
        kind=Kind.ACHIEVEMENTS,
        preview=preview,
        rows=len(rows),
        people=len({row.asn_id for row in rows}),
        created=len(fresh) - changed,
        changed=changed,
        accepted=sum(one.word is State.ACCEPTED for one in words.values()),
        unchanged=len(told.keys() - fresh.keys() - words.keys()),
    )
    nips = {row.nip for row in rows}
    await record(session, caller, "performance.import", at=at, nips=nips, done=done.model_dump(mode="json"))
    return done


def _counts(caller: Principal, told: Told, known: Known | None) -> bool:
    """Whether the file's word is a superior's: nobody verifies themselves, and people here are not overruled."""
    if told.word is State.WAITING or caller.asn_id == told.row.asn_id:
        return False
    return told.row.may_decide and (known is None or known.state is State.WAITING)


def _too_early(rows: Iterable[Row], today: date) -> Iterable[FieldError]:
    for row in rows:
        if target_period(row.values["period"]).from_date > today:
            yield FieldError(f"/{row.line}/period", "period_not_begun")


async def _find_targets(session: AsyncSession, rows: Iterable[Row]) -> dict[Target, Told]:
    """Target → what the file says of it; raises PerformanceFileRefused."""
    plans = await load_plans(session, {PlanKey(row.asn_id, row.year) for row in rows})
    named = {key: _by_name(plan) for key, (_, plan) in plans.items()}
    told: dict[Target, Told] = {}
    wrong = []
    for row in rows:
        found = _matching(row, named.get(PlanKey(row.asn_id, row.year), {}))
        if isinstance(found, FieldError):
            wrong.append(found)
            continue
        values = row.values
        claim = Claim(Decimal(values["actual"]), values["evidence"], values.get("note"))
        one = Told(row, claim, State(values.get("status", State.WAITING)))
        first = told.setdefault((found, values["period"]), one)
        if (first.claim, first.word) != (one.claim, one.word):
            wrong.append(FieldError(f"/{row.line}/actual", "differs_in_file", {"line": first.row.line}))
    refuse(wrong)
    return told


Named = dict[tuple[str, str], list[Indicator]]


def _by_name(plan: Iterable[Indicator]) -> Named:
    found: Named = {}
    for one in plan:
        found.setdefault(one.words[:2], []).append(one)
    return found


def _matching(row: Row, named: Named) -> UUID | FieldError:
    """The indicator that a row means; one that could be two is none."""
    values: Mapping[str, Any] = row.values
    aspect = values.get("aspect")
    alike = named.get((fold(values["rhk"]), fold(values["indicator"])), [])
    alike = [one for one in alike if aspect is None or one.aspect == aspect]
    if len(alike) != 1:
        return FieldError(f"/{row.line}/indicator", "indicator_ambiguous" if alike else "indicator_unplanned")
    if values["period"] not in alike[0].targets:
        return FieldError(f"/{row.line}/period", "period_without_target")
    return alike[0].id


async def _write(
    session: AsyncSession,
    caller: Principal,
    told: Mapping[Target, Told],
    known: dict[Target, Known],
    fresh: dict[Target, Claim],
    words: Mapping[Target, Told],
    *,
    at: datetime,
) -> None:
    owners = {key[0]: Owner(one.row.asn_id, one.row.nip) for key, one in told.items()}
    made = await keep_achievements(session, caller, fresh, known, owners, at=at)
    by = {"by": caller.id, "by_name": caller.name, "at": at}
    said = [
        {
            "id": new_id(),
            "achievement_id": made.get(key) or known[key].id,
            "outcome": one.word,
            "reason": None,
            "examiner": one.row.values.get("examiner"),
            **by,
        }
        for key, one in words.items()
    ]
    await upsert_rows(session, PerformanceVerification, said)
    await judge(session, fresh.keys() | words.keys())
