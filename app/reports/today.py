"""What an OPD's phone needs on a Monday morning: the roster with suggestions, the own report, the words to read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_current_apel, get_roster_of
from app.apel.roster import Entry, Roster
from app.apel.rules import Figures
from app.apel.timeline import ApelNow
from app.apel.turn_queries import get_turns
from app.apel.turns import TurnState, words_to_read
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import OPD_ROLES, Principal, Role
from app.duty.queries import list_confirmed
from app.duty.rules import Suggestion, suggest
from app.registry.errors import OpdNotFound
from app.registry.queries import get_opd, load_tree
from app.registry.rules import reporter
from app.reports import queries, rules
from app.reports.reading import get_report
from app.reports.schemas import OwnTurn, RosterItem, RosterRead, SuggestionRead, Today, TodayApel
from app.reports.sight import Sight, require_reach, sight_of

ROSTER_READERS = (Role.OPD_HEAD, Role.OPD_OPERATOR, Role.KOMINFO, Role.ADMIN, Role.INSPECTOR)
JOIN_LINK = "https://zoom.us/j/"


async def read_roster(
    session: AsyncSession, caller: Principal, apel_id: UUID, opd_code: str, *, at: datetime
) -> RosterRead:
    """The people whom one OPD's report covers; raises OpdNotFound for an OPD that this apel does not call."""
    require_reach(caller, opd_code, *ROSTER_READERS)
    apel = await get_apel(session, apel_id, at=at)
    roster = await get_roster_of(session, apel, opd_code)
    if opd_code not in roster.units:
        raise OpdNotFound
    suggested = await _suggest_for(session, apel, roster.entries)
    return await _show_roster(session, caller, apel, opd_code, roster, suggested, at=at)


Suggested = dict[UUID, Suggestion | None]


async def _suggest_for(session: AsyncSession, apel: ApelNow, entries: Sequence[Entry]) -> Suggested:
    """What the confirmed absences of the day suggest; nothing for who is not required and has none."""
    duties = await list_confirmed(session, apel.on_date, [entry.asn_id for entry in entries])
    return {
        entry.asn_id: suggest(duties.get(entry.asn_id)) if entry.required or entry.asn_id in duties else None
        for entry in entries
    }


async def _show_roster(
    session: AsyncSession,
    caller: Principal,
    apel: ApelNow,
    opd_code: str,
    roster: Roster,
    suggested: Suggested,
    *,
    at: datetime,
) -> RosterRead:
    nips = [entry.nip for entry in roster.entries]
    await record(session, caller, "reports.read_roster", at=at, target=f"{apel.id}/{opd_code}", nips=nips)
    sight = sight_of(caller, opd_code)
    items = [_item(entry, suggested[entry.asn_id], sight) for entry in roster.entries]
    return RosterRead(strength=roster.units[opd_code].strength, items=items)


def _item(entry: Entry, suggestion: Suggestion | None, sight: Sight) -> RosterItem:
    return RosterItem(
        asn_id=entry.asn_id,
        nip=sight.nip(entry.nip, entry.opd_code),
        name=entry.name,
        join_name=entry.join_name,
        required=entry.required,
        suggested=_shown(suggestion, sight),
    )


def _shown(suggestion: Suggestion | None, sight: Sight) -> SuggestionRead:
    if suggestion is None:
        return SuggestionRead(status=None, mode=None, note=None)
    return SuggestionRead(
        status=sight.status(suggestion.status), mode=suggestion.mode, note=sight.note(suggestion.note)
    )


async def read_today(session: AsyncSession, caller: Principal, opd_code: str | None, *, at: datetime) -> Today:
    """Today's apel as it concerns the caller's unit; raises OpdNotFound for a foreign one."""
    units = sorted({grant.opd_code for grant in caller.grants if grant.role in OPD_ROLES and grant.opd_code})
    if opd_code is not None:
        require_reach(caller, opd_code, *OPD_ROLES)
    chosen = opd_code or next(iter(units), None)
    apel = await get_current_apel(session, at)
    zone = zone_of(session)
    bare = _bare(units, chosen, at, zone)
    if apel is None or apel.on_date != civil_date(at, zone):
        return bare
    today = bare.model_copy(
        update={
            "apel": TodayApel.model_validate(apel),
            "deadline": apel.report_deadline,
            "zoom_link": JOIN_LINK + apel.zoom_meeting_ids[0] if apel.zoom_meeting_ids else None,
        }
    )
    if chosen is None:
        return today
    roster = await get_roster_of(session, apel, chosen)
    if chosen not in roster.units:
        return today.model_copy(update=await _reporter_part(session, apel, chosen))
    return today.model_copy(update=await _own_part(session, caller, apel, chosen, roster, at=at))


def _bare(units: list[str], chosen: str | None, at: datetime, zone: ZoneInfo) -> Today:
    return Today(
        server_time=at,
        timezone=zone.key,
        apel=None,
        deadline=None,
        opd_code=chosen,
        opd_name=None,
        reported_by=None,
        units=units,
        roster=None,
        report=None,
        etag=None,
        zoom_link=None,
        turn=None,
        text=None,
    )


async def _reporter_part(session: AsyncSession, apel: ApelNow, opd_code: str) -> dict[str, object]:
    """Whom to ask where the unit sends no report of its own; nobody where it is not called at all."""
    answering = reporter(await load_tree(session, apel.on_date), opd_code)
    opd = await get_opd(session, opd_code)
    return {"opd_name": opd.name, "reported_by": None if answering == opd_code else answering}


async def _own_part(
    session: AsyncSession, caller: Principal, apel: ApelNow, opd_code: str, roster: Roster, *, at: datetime
) -> dict[str, object]:
    suggested = await _suggest_for(session, apel, roster.entries)
    claimed = {
        row.version.opd_code: queries.figures_of(row.version)
        for row in await queries.list_current(session, apel.id, list(roster.units))
    }
    report = None
    if opd_code in claimed:
        report = await get_report(session, caller, apel, opd_code, at=at)
    return {
        "opd_name": roster.units[opd_code].name,
        "roster": await _show_roster(session, caller, apel, opd_code, roster, suggested, at=at),
        "report": report,
        "etag": f'"{report.version}"' if report else None,
        "turn": await _own_turn(session, apel, opd_code),
        "text": _words(opd_code, roster, claimed, suggested.values()),
    }


def _words(
    opd_code: str, roster: Roster, claimed: dict[str, Figures], suggested: Iterable[Suggestion | None]
) -> str | None:
    """The unit's report to read aloud, its parts added; as suggested where it has not reported. Parts do not speak."""
    unit = roster.units[opd_code]
    if unit.unit_code != opd_code:
        return None
    own = claimed.get(opd_code) or rules.count_figures(
        rules.EntryClaim(suggestion.status, suggestion.mode) for suggestion in suggested if suggestion
    )
    parts = [figures for code, figures in claimed.items() if code != opd_code]
    return words_to_read(unit.name, rules.add_figures([own, *parts]))


async def _own_turn(session: AsyncSession, apel: ApelNow, opd_code: str) -> OwnTurn | None:
    turns = await get_turns(session, apel)
    own = turns.turns.get(opd_code)
    if own is None:
        return None
    before = turns.order[: turns.order.index(opd_code)]
    ahead = sum(turns.turns[code].state is TurnState.WAITING for code in before)
    return OwnTurn(state=own.state, current=turns.current, ahead=ahead if own.state is TurnState.WAITING else None)
