"""Answers about working days, as this caller may see them, with the reading of persons on record."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal, Role
from app.core.texts import Language, text
from app.duty.queries import KNOW_HEALTH, list_confirmed_spans
from app.duty.rules import EXCUSED_MASK, HEALTH, is_hidden
from app.policies.rules_of_workdays import DisciplineTier, LatenessClass, StreakTier, WorkdayRules
from app.policies.service import rules_on
from app.registry import nip as nips
from app.registry.models import Asn
from app.registry.queries import get_asn, opd_of_asn
from app.workdays import queries, schemas
from app.workdays.errors import WorkdaySpanInvalid
from app.workdays.models import WorkdayImport, WorkdayRecord
from app.workdays.reading import load_verdicts
from app.workdays.rules import DayFact, Ledger, VerdictKind
from app.workdays.service import ledger_by, refresh, rules_of_year, span_of
from app.workdays.tracing import Tracing

READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Who answers for people or for the rules; and everybody of themselves."""
LONGEST = 366


async def _find_person(session: AsyncSession, caller: Principal, asn_id: UUID, today: date) -> tuple[Asn, bool]:
    """A person whom the caller may read of, and whether health codes are shown. Raises AsnNotFound."""
    own = caller.holds(Role.ASN) and caller.asn_id == asn_id
    person = await get_asn(session, asn_id, None if own else caller.reach(*READERS), today)
    serves = await opd_of_asn(session, asn_id, today)
    reach = caller.reach(*KNOW_HEALTH)
    return person, own or reach is None or serves in reach


async def read_ledger(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int | None, language: Language, *, at: datetime
) -> schemas.WorkdayLedgerRead:
    """A person's year, from all that is known now, line by line. Raises AsnNotFound."""
    today = civil_date(at, zone_of(session))
    person, knows_health = await _find_person(session, caller, asn_id, today)
    year = year or today.year
    rules = await rules_of_year(session, year, today)
    facts = (await load_verdicts(session, [asn_id], *span_of(year, today))).get(asn_id, [])
    ledger = ledger_by(rules, facts, year, person.employment_type)
    lines = Tracing(facts, year, rules, person.employment_type, language).lines(ledger, knows_health=knows_health)
    await record(session, caller, "workdays.read", at=at, target=str(asn_id), nips=[person.nip], year=year)
    named = ("days", "left_to_people", "minutes", "converted_days", "carried_minutes", "total_days", "unknown_days")
    return schemas.WorkdayLedgerRead(
        asn_id=asn_id,
        year=year,
        policy=rules.label,
        rule_set=ledger.rule_set,
        **{name: getattr(ledger, name) for name in named},
        streaks=[schemas.StreakRead.model_validate(streak) for streak in ledger.streaks],
        alerts=list(ledger.alerts),
        tier=_tier(ledger.tier),
        streak_tier=_tier(ledger.streak_tier),
        variant=ledger.variant,
        reasons=list(ledger.reasons),
        lines=lines,
        note=_note(ledger, language),
    )


def _tier(tier: DisciplineTier | StreakTier | None) -> schemas.TierRead | None:
    return schemas.TierRead.model_validate(tier) if tier else None


def _note(ledger: Ledger, language: Language) -> str:
    """That only people punish and stop pay, and which table nobody is judged by."""
    return text(language, "workday.note", "judged" if ledger.rule_set else "not-judged")


async def read_days(
    session: AsyncSession,
    caller: Principal,
    asn_id: UUID,
    wanted: schemas.DaysFilter,
    language: Language,
    *,
    at: datetime,
) -> schemas.DaysRead:
    """Each working day of a span with all that is known of it. Raises AsnNotFound, WorkdaySpanInvalid."""
    today = civil_date(at, zone_of(session))
    last = wanted.to_date or max(today, wanted.from_date or date.min)
    first = wanted.from_date or last.replace(day=1)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise WorkdaySpanInvalid(days=LONGEST)
    person, knows_health = await _find_person(session, caller, asn_id, today)
    rules = await rules_on(session, last)
    facts = (await load_verdicts(session, [asn_id], first, last)).get(asn_id, [])
    spans = (await list_confirmed_spans(session, first, last, [asn_id])).get(asn_id, [])
    kept = await queries.list_records(session, asn_id, first, last)
    await record(session, caller, "workdays.read_days", at=at, target=str(asn_id), nips=[person.nip])
    absences = {span.id: _absence(span, knows_health) for span in spans}
    return schemas.DaysRead(
        asn_id=asn_id,
        from_date=first,
        to_date=last,
        policy=rules.label,
        items=[_day(fact, rules.workdays, kept.get(fact.day, ()), absences, language, knows_health) for fact in facts],
    )


def _absence(span: Any, knows_health: bool) -> schemas.AbsenceOfDay:
    read = schemas.AbsenceOfDay.model_validate(span)
    return read.model_copy(update={"code": _shown(read.code, knows_health)})


def _shown(code: str | None, knows_health: bool) -> str | None:
    return EXCUSED_MASK if code is not None and is_hidden(code, knows_health=knows_health) else code


def _day(
    fact: DayFact,
    rules: WorkdayRules | None,
    kept: Sequence[tuple[WorkdayRecord, WorkdayImport]],
    absences: dict[UUID, schemas.AbsenceOfDay],
    language: Language,
    knows_health: bool,
) -> schemas.DayRead:
    records = [_record(*one, knows_health) for one in kept]
    measured = {"late": fact.late_minutes, "early": fact.early_minutes}
    code = _shown(fact.code, knows_health)
    return schemas.DayRead(
        day=fact.day,
        kind=fact.kind,
        late_minutes=fact.late_minutes,
        late_class=_class(rules.late if rules else (), fact.late_minutes),
        early_minutes=fact.early_minutes,
        early_class=_class(rules.early if rules else (), fact.early_minutes),
        no_clock_in=fact.no_clock_in,
        no_clock_out=fact.no_clock_out,
        code=code,
        unclear=fact.unclear,
        text=text(language, "workday.day", _key(fact), code=code, **measured),
        record=records[0] if records else None,
        earlier=records[1:],
        absence=absences[fact.absence_id] if fact.absence_id else None,
    )


def _key(fact: DayFact) -> str:
    if fact.unclear is not None:
        return str(fact.unclear)
    late = fact.late_minutes or fact.early_minutes
    return "short" if fact.kind is VerdictKind.PRESENT and late else str(fact.kind)


def _class(classes: Sequence[LatenessClass], minutes: int) -> str | None:
    return next((each.code for each in classes if each.holds(minutes)), None)


def _record(kept: WorkdayRecord, file: WorkdayImport, knows_health: bool) -> schemas.RecordRead:
    """A system's own words may tell of an illness even where we do not understand them."""
    telling = kept.status is not None and (kept.code is None or kept.code in HEALTH)
    return schemas.RecordRead(
        id=kept.id,
        import_id=kept.import_id,
        source=file.source,
        line=kept.line,
        clock_in=kept.clock_in,
        clock_out=kept.clock_out,
        status=EXCUSED_MASK if telling and not knows_health else kept.status,
        applied_at=file.applied_at,
    )


async def read_ledgers(
    session: AsyncSession, caller: Principal, wanted: schemas.LedgersFilter, *, at: datetime
) -> Page[schemas.LedgerItem]:
    """People by the ledgers that were last made, of those who serve in the caller's reach today."""
    await refresh(session, at=at)
    today = civil_date(at, zone_of(session))
    rows = await queries.list_items(session, caller.reach(*READERS), wanted, wanted.year or today.year, today)
    page = cut_page(rows, wanted.limit, lambda row: (row.ledger.asn_id,))
    await record(session, caller, "workdays.list", at=at, nips=[row.nip for row in page.items])
    return Page(items=[_item(row) for row in page.items], next_cursor=page.next_cursor)


def _item(row: queries.ListedLedger) -> schemas.LedgerItem:
    kept = row.ledger
    return schemas.LedgerItem(
        asn_id=kept.asn_id,
        name=row.name,
        nip_masked=nips.masked(row.nip),
        employment_type=row.employment_type,
        opd_code=row.opd_code,
        year=kept.year,
        total_days=kept.total_days,
        tier=kept.tier_code,
        streak_tier=kept.streak_tier_code,
        streak_length=kept.streak_length,
        alert=kept.alert,
        rule_set=kept.facts["rule_set"],
        policy=kept.policy,
        computed_at=kept.computed_at,
        href=f"/v1/workdays/asn/{kept.asn_id}?year={kept.year}",
    )


async def read_import(
    session: AsyncSession, caller: Principal, import_id: UUID, language: Language, *, at: datetime
) -> schemas.WorkdayImportRead:
    """Raises WorkdayImportNotFound."""
    kept = await queries.get_import(session, import_id)
    people = {row["nip"] for row in kept.rows if row["nip"] is not None}
    await record(session, caller, "workdays.read_import", at=at, target=str(import_id), nips=people)
    return see_import(kept, caller, language)


def see_import(kept: WorkdayImport, caller: Principal, language: Language) -> schemas.WorkdayImportRead:
    """A preview or what was applied, with its texts in the reader's language.

    A machine that delivers is not told what others said of a day before: that may be an illness.
    """
    knows_before = caller.holds(Role.ADMIN, Role.INSPECTOR)
    return schemas.WorkdayImportRead(
        id=kept.id,
        state=kept.state,
        source=kept.source,
        filename=kept.filename,
        sha256=kept.sha256,
        summary=schemas.WorkdaySummary(**kept.summary),
        rows=[_row(row if knows_before else row | {"old": None}, language) for row in kept.rows],
        created_at=kept.created_at,
        applied_at=kept.applied_at,
    )


def _row(row: dict[str, Any], language: Language) -> schemas.WorkdayRowRead:
    words = (text(language, "import", fault["code"], **fault["facts"]) for fault in row["faults"])
    return schemas.WorkdayRowRead(
        **{name: row[name] for name in ("line", "nip", "day", "state", "status", "code", "old")},
        clock_in=row["in"],
        clock_out=row["out"],
        text=" ".join(words) or None,
    )
