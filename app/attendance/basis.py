"""What a mark rests on: what a claim says about one person, and what was seen."""

from typing import Any
from uuid import UUID

from app.attendance.figures import Counts
from app.attendance.rules import Claimed, Verdict
from app.duty.rules import Code, Mode
from app.evidence.rules import Presence
from app.reports.rules import CurrentClaim as Claim
from app.reports.rules import EntriesAre


def claimed_of(claim: Claim, asn_id: UUID) -> Claimed | None:
    """What a claim says about one person: by name, as one of the rest, or nothing (counts only)."""
    entry = claim.entries.get(asn_id)
    if entry is not None:
        mode = entry.mode or (Mode.WFO if entry.status == Code.H else None)
        return Claimed(entry.status, mode)
    return Claimed(Code.H, Mode.WFO, named=False) if claim.entries_are == EntriesAre.EXCEPTIONS else None


def counts_of(claim: Claim) -> Counts:
    """A claim's own figures."""
    figures = claim.figures
    return Counts(
        figures.strength,
        figures.wfo,
        figures.wfa,
        dict(figures.excused),
        figures.unexplained,
        dict(figures.not_required),
    )


def claim_basis(claim: Claim | None, claimed: Claimed | None) -> dict[str, Any] | None:
    """Which version of a claim says what about the person; kept with the mark."""
    if claim is None:
        return None
    basis: dict[str, Any] = {"version_id": claim.version_id, "version": claim.version, "opd_code": claim.opd_code}
    if claimed is not None:
        basis |= {"status": claimed.status, "mode": claimed.mode, "named": claimed.named}
    return basis


def evidence_basis(presence: Presence | None) -> dict[str, Any] | None:
    """The participant who was seen; kept with the mark."""
    if presence is None:
        return None
    return {
        "participant_id": presence.id,
        "seconds": presence.seconds,
        "network_gap": presence.network_gap,
        "matched_by": presence.matched_by,
    }


def uncorrected_basis(concluded: Verdict | None) -> dict[str, Any] | None:
    """What the facts alone say where a correction counts instead; kept with the mark."""
    if concluded is None:
        return None
    return {"status": concluded.status, "mode": concluded.mode, "reason": concluded.reason}
