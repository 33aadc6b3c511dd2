"""What a conclusion rests on, read in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import find_entries
from app.apel.roster import Entry, Roster
from app.apel.timeline import ApelNow
from app.apel.turn_queries import get_turns
from app.attendance.concluding import Facts
from app.attendance.figures import Spoken
from app.attendance.queries import load_corrected, load_decisions
from app.attendance.terms import Terms
from app.duty.queries import list_confirmed
from app.evidence.rules import Presence
from app.evidence.spot_checks import load_head_counts
from app.reports.queries import load_claims
from app.reports.rules import CurrentClaim


async def gather_facts(
    session: AsyncSession,
    apel: ApelNow,
    roster: Roster,
    presences: Sequence[Presence],
    codes: Collection[str],
    terms: Terms,
) -> Facts:
    """Everything the conclusion of these units rests on, in a fixed number of statements."""
    reporters = [unit.opd_code for unit in roster.units.values() if unit.unit_code in codes]
    people = [entry.asn_id for entry in roster.entries if entry.unit_code in codes]
    absences = await list_confirmed(session, apel.on_date, people)
    turns = await get_turns(session, apel)
    claims = await load_claims(session, apel.id, reporters)
    elsewhere = await _find_elsewhere(session, apel, roster, claims)
    if theirs := {entry.reporter_code for entry in elsewhere} - claims.keys():
        claims |= await load_claims(session, apel.id, theirs)
    return Facts(
        apel=apel,
        roster=roster,
        elsewhere={entry.asn_id: entry for entry in elsewhere},
        claims=claims,
        absences={asn_id: duty.code for asn_id, duty in absences.items()},
        presences=presences,
        spoken={
            code: Spoken(turn.spoken, turn.as_written)
            for code, turn in turns.turns.items()
            if turn.spoken is not None or turn.as_written
        },
        decided=await load_decisions(session, apel.id),
        corrected=await load_corrected(session, apel.id),
        terms=terms,
        head_counts=await load_head_counts(session, apel.id),
    )


async def _find_elsewhere(
    session: AsyncSession, apel: ApelNow, roster: Roster, claims: Mapping[str, CurrentClaim]
) -> list[Entry]:
    """The people whom claims name although another unit answers for them."""
    unit_of = {entry.asn_id: entry.unit_code for entry in roster.entries}
    named = {
        asn_id
        for code, claim in claims.items()
        for asn_id in claim.entries
        if unit_of.get(asn_id) != roster.units[code].unit_code
    }
    return await find_entries(session, apel, named) if named else []
