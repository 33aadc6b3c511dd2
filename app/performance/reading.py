"""What a person, an OPD and a theme reached in a period, as this caller may see it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.periods import Period
from app.core.principal import HUMAN_ROLES, Principal, Role, Scope
from app.core.texts import Language, text
from app.performance import queries
from app.performance.answers import (
    OpdOutput,
    PeopleFilter,
    PersonOutput,
    PersonShort,
    ThemeOfOpd,
    ThemeRead,
    ThemesRead,
    share_of_capaian,
    share_of_figure,
)
from app.performance.people import READERS, find_person
from app.performance.queries import Span
from app.performance.rules import Capaian, OutputFigure, Theme
from app.performance.tracing import Tracing, load_lines, rules_of
from app.registry import nip as nips
from app.registry.models import Asn
from app.registry.queries import get_opd

OPD_READERS = (*READERS, Role.READER)
THEME_READERS = (*HUMAN_ROLES, Role.READER)


def period_of(code: str | None, today: date) -> Period:
    """A period as it was asked for, else this month."""
    return Period.parse(code) if code else Period.month(today)


async def read_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, code: str | None, language: Language, *, at: datetime
) -> PersonOutput:
    """A person's output of a period, target by target; raises AsnNotFound."""
    today = civil_date(at, zone_of(session))
    period = period_of(code, today)
    person = await find_person(session, caller, asn_id, today, *READERS)
    lines = await load_lines(session, asn_id, Span(period.from_date, period.to_date, today))
    rules = await rules_of(session, period, today)
    tracing = Tracing(lines, today, language)
    found = tracing.capaian
    await record(session, caller, "performance.read", at=at, target=str(asn_id), nips=[person.nip], period=period.code)
    return PersonOutput(
        asn_id=asn_id,
        period=period.code,
        capaian=share_of_capaian(found),
        provisional=found.provisional,
        missing=found.missing,
        indicators=tracing.indicators(),
        lines=tracing.rule_lines(rules),
    )


async def read_opd(
    session: AsyncSession, caller: Principal, opd_code: str, wanted: PeopleFilter, *, at: datetime
) -> OpdOutput:
    """An OPD's output of a period and its people in short; machines are told of nobody. Raises OpdNotFound."""
    today = civil_date(at, zone_of(session))
    period = period_of(wanted.period, today)
    await get_opd(session, opd_code, caller.reach(*OPD_READERS))
    span = Span(period.from_date, period.to_date, today)
    only = frozenset({opd_code})
    figure = (await queries.capaian_by_opd(session, *span, scope=only)).get(opd_code, OutputFigure())
    page: Page[Asn] = Page(items=[])
    if caller.holds(*READERS):
        served = await queries.list_people(session, opd_code, span, wanted)
        page = cut_page(served, wanted.limit, lambda person: (person.id,))
        shown = [person.nip for person in page.items]
        await record(session, caller, "performance.list", at=at, target=opd_code, nips=shown, period=period.code)
    found = await queries.capaian_of(session, [person.id for person in page.items], *span, opd_code=opd_code)
    return OpdOutput(
        opd_code=opd_code,
        period=period.code,
        people=figure.people,
        known=figure.known,
        missing=figure.missing,
        provisional=figure.provisional,
        capaian=share_of_figure(figure),
        items=[_short(person, found.get(person.id, Capaian()), period) for person in page.items],
        next_cursor=page.next_cursor,
    )


def _short(person: Asn, found: Capaian, period: Period) -> PersonShort:
    return PersonShort(
        asn_id=person.id,
        name=person.name,
        nip_masked=nips.masked(person.nip),
        capaian=share_of_capaian(found),
        provisional=found.provisional,
        missing=found.missing,
        href=f"/v1/performance/asn/{person.id}?period={period.code}",
    )


async def read_themes(
    session: AsyncSession, caller: Principal, code: str | None, language: Language, *, at: datetime
) -> ThemesRead:
    """What was reached for each theme, in counts alone, of the OPDs in the caller's reach."""
    today = civil_date(at, zone_of(session))
    period = period_of(code, today)
    scope: Scope = caller.reach(*THEME_READERS)
    found = await queries.theme_totals(session, period.from_date, period.to_date, today, scope)
    return ThemesRead(period=period.code, items=[_theme(theme, found[theme], language) for theme in Theme])


def _theme(theme: Theme, by_opd: dict[str, OutputFigure], language: Language) -> ThemeRead:
    total = sum(by_opd.values(), OutputFigure())
    return ThemeRead(
        theme=theme,
        name=text(language, "output.theme", theme),
        outputs=total.outputs,
        people=total.people,
        opds=len(by_opd),
        provisional=total.provisional,
        capaian=share_of_figure(total),
        by_opd=[_theme_of(code, by_opd[code]) for code in sorted(by_opd)],
    )


def _theme_of(code: str, figure: OutputFigure) -> ThemeOfOpd:
    return ThemeOfOpd(
        opd_code=code,
        outputs=figure.outputs,
        people=figure.people,
        provisional=figure.provisional,
        capaian=share_of_figure(figure),
    )
