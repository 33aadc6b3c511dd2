"""What counts for one person, and why: the conclusion table as a pure function.

Nobody is marked before the held window and the report deadline have passed. A claim is never overwritten by evidence:
where both disagree, the claim counts and a finding asks a person to look, except for an alleged unexplained absence of
somebody who was seen, which stays open until a person has decided. What two people of the personnel office corrected
on the strength of a document stands above both, and changes nothing of what was found.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.duty.rules import EXCUSED, NOT_REQUIRED, Code, Mode

BL = "BL"
"""Belum lapor: the OPD said nothing about its people. Costs the OPD points, never its people."""
NR = "NR"
"""Not required: no apel duty on that day."""


class Reason(StrEnum):
    """The row of the conclusion table that applied."""

    PENDING = "pending"
    CORRECTED = "corrected"
    NO_APEL_PERIOD = "no-apel-period"
    DECIDED = "decided"
    NOT_REQUIRED = "not-required"
    REPORTED = "reported"
    REPORTED_REST = "reported-rest"
    REPORTED_EXCUSED = "reported-excused"
    REPORTED_UNEXPLAINED = "reported-unexplained"
    ABSENCE_CONFIRMED = "absence-confirmed"
    DISPUTED = "disputed"
    OWN_EVIDENCE = "own-evidence"
    NOT_REPORTED = "not-reported"


class FindingCode(StrEnum):
    WFA_WITHOUT_PRESENCE = "wfa-without-presence"
    LEFT_EARLY = "left-early"
    EXCUSED_BUT_CONNECTED = "excused-but-connected"
    UNEXPLAINED_BUT_CONNECTED = "unexplained-but-connected"
    PRESENT_DURING_ABSENCE = "present-during-absence"
    NOT_ON_ROSTER = "not-on-roster"
    REPORTED_NEVER_CONNECTED = "reported-never-connected"
    CONNECTED_NOT_REPORTED = "connected-not-reported"
    SPOKEN_DIFFERS = "spoken-differs"
    STRENGTH_DIFFERS = "strength-differs"
    HEAD_COUNT_DIFFERS = "head-count-differs"
    HEAD_COUNT_AGREES = "head-count-agrees"
    LATE = "late"
    NOT_REPORTED = "not-reported"
    REPORT_DIFFERS = "report-differs"
    """What messages told live and what the complete list says are not the same; the list counts."""


class Grade(StrEnum):
    """How much a finding needs a person, from nothing at all to what cannot be true."""

    OK = "ok"
    EXPLAINABLE = "explainable"
    SUSPICIOUS = "suspicious"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Claimed:
    """What the current report says about one person; `named` false: one of the rest of an `exceptions` report."""

    status: str
    mode: str | None = None
    named: bool = True


@dataclass(frozen=True)
class Seen:
    """The person's own devices inside the held window; a room never becomes this."""

    seconds: int
    network_gap: bool = False


@dataclass(frozen=True)
class Corrected:
    """The mark that two people of the personnel office put in place of the concluded one."""

    correction_id: UUID
    status: str
    mode: str | None = None


@dataclass(frozen=True)
class Person:
    """All that is known about one person of the roster at one apel."""

    required: bool = True
    claim: Claimed | None = None
    reported: bool = False
    """The person's reporter sent a claim, be it counts only."""
    seen: Seen | None = None
    absence: str | None = None
    """Code of the confirmed absence of that day, WFA included."""
    decided: str | None = None
    """What a person decided about a dispute; it answers a claim of TK and no other."""
    corrected: Corrected | None = None


@dataclass(frozen=True)
class Ground:
    """What one apel and one unit mean for everybody in it."""

    due: bool = True
    """Window and deadline have passed."""
    watched: bool = True
    """The apel has a meeting in which people could be seen."""
    gap: bool = False
    """Evidence has a hole: nobody unseen is graded above explainable, and missing presence is no finding."""
    weak: bool = False
    """The unit's connectivity is weak or none."""
    held_seconds: int = 1800
    wfa_share_percent: int = 50
    no_apel: str | None = None
    """Why the policy asks nobody to come on this day; None: the apel counts."""

    @property
    def counts(self) -> bool:
        """Until marks are due everything is shown as it comes in, also of an apel that will count for nobody."""
        return not (self.due and self.no_apel)


@dataclass(frozen=True)
class Verdict:
    """The mark of one person with the findings it raised; `status` None: pending or disputed."""

    status: str | None
    mode: str | None
    reason: Reason
    pending: bool = False
    findings: tuple[tuple[FindingCode, Grade], ...] = field(default=())
    instead_of: "Verdict | None" = None
    """Of a corrected mark: what the facts alone say; None where they say nothing about the person."""


def conclude_person(person: Person, ground: Ground) -> Verdict | None:
    """The mark of one person; None where an OPD gave counts only and the person has no evidence of their own.

    A correction changes the mark and nothing that was found.
    """
    if not ground.due:
        return Verdict(None, None, Reason.PENDING, pending=True)
    concluded, corrected = _conclude(person, ground), person.corrected
    if corrected is None:
        return concluded
    findings = concluded.findings if concluded else ()
    return Verdict(corrected.status, corrected.mode, Reason.CORRECTED, findings=findings, instead_of=concluded)


def _conclude(person: Person, ground: Ground) -> Verdict | None:
    if ground.no_apel:
        return Verdict(NR, None, Reason.NO_APEL_PERIOD)
    if exempt := exemption(person):
        return Verdict(exempt, None, Reason.NOT_REQUIRED)
    if person.claim is not None:
        return _of_claim(person, person.claim, ground)
    if person.seen is not None and person.seen.seconds > 0:
        return Verdict(Code.H, Mode.WFA, Reason.OWN_EVIDENCE, findings=_shortness(person.seen, ground))
    if person.reported:
        return None
    return Verdict(BL, None, Reason.NOT_REPORTED)


def exemption(person: Person) -> str | None:
    """The not-required code that takes the person out of the count, unless the report says present."""
    claimed = person.claim.status if person.claim else None
    if claimed in NOT_REQUIRED:
        return claimed
    if claimed == Code.H and person.claim and person.claim.named:
        return None
    if person.absence in NOT_REQUIRED:
        return person.absence
    return None if person.required else NR


def _of_claim(person: Person, claim: Claimed, ground: Ground) -> Verdict:
    seen = person.seen is not None and person.seen.seconds > 0
    if claim.status == Code.H:
        reason = Reason.REPORTED if claim.named else Reason.REPORTED_REST
        return Verdict(Code.H, claim.mode or Mode.WFO, reason, findings=_of_presence(person, claim, ground))
    if claim.status == Code.TK:
        return _of_unexplained(person, seen=seen)
    return Verdict(claim.status, None, Reason.REPORTED_EXCUSED, findings=_EXCUSED_BUT_SEEN if seen else ())


_EXCUSED_BUT_SEEN = ((FindingCode.EXCUSED_BUT_CONNECTED, Grade.EXPLAINABLE),)
_UNEXPLAINED_BUT_SEEN = ((FindingCode.UNEXPLAINED_BUT_CONNECTED, Grade.SUSPICIOUS),)


def _of_unexplained(person: Person, *, seen: bool) -> Verdict:
    """An alleged absence: a confirmed one explains it, also after a decision that there was none; presence disputes it.

    The finding outlasts the decision, so that it stays visible and can be decided again.
    """
    found = _UNEXPLAINED_BUT_SEEN if seen else ()
    if person.decided is not None and person.decided != Code.TK:
        mode = (Mode.WFA if seen else Mode.WFO) if person.decided == Code.H else None
        return Verdict(person.decided, mode, Reason.DECIDED, findings=found)
    if person.absence in EXCUSED:
        return Verdict(person.absence, None, Reason.ABSENCE_CONFIRMED, findings=_EXCUSED_BUT_SEEN if seen else ())
    if person.decided is not None:
        return Verdict(Code.TK, None, Reason.DECIDED, findings=found)
    if seen:
        return Verdict(None, None, Reason.DISPUTED, findings=found)
    return Verdict(Code.TK, None, Reason.REPORTED_UNEXPLAINED)


def _of_presence(person: Person, claim: Claimed, ground: Ground) -> tuple[tuple[FindingCode, Grade], ...]:
    found: list[tuple[FindingCode, Grade]] = []
    if person.absence in EXCUSED:
        found.append((FindingCode.PRESENT_DURING_ABSENCE, Grade.SUSPICIOUS))
    if claim.mode == Mode.WFA and ground.watched:
        if person.seen is not None and person.seen.seconds > 0:
            found += _shortness(person.seen, ground)
        elif not ground.gap:
            found.append((FindingCode.WFA_WITHOUT_PRESENCE, Grade.EXPLAINABLE if ground.weak else Grade.SUSPICIOUS))
    return tuple(found)


def _shortness(seen: Seen, ground: Ground) -> tuple[tuple[FindingCode, Grade], ...]:
    """Left early: connected for less than the policy's share, and not because the network broke."""
    enough = seen.seconds * 100 >= ground.held_seconds * ground.wfa_share_percent
    if enough or seen.network_gap or ground.gap:
        return ()
    return ((FindingCode.LEFT_EARLY, Grade.EXPLAINABLE),)
