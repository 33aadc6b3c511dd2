"""From facts to rows: everything that one conclusion of some units writes, computed without a database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.apel.roster import Entry, Roster
from app.apel.timeline import ApelNow
from app.attendance.basis import claim_basis, claimed_of, counts_of, evidence_basis, uncorrected_basis
from app.attendance.figures import (
    Counts,
    OffRoster,
    Spoken,
    Unit,
    correct_counts,
    find_differences,
    find_in_unit,
    grade_off_roster,
    one,
)
from app.attendance.head_counts import find_in_count
from app.attendance.rules import (
    BL,
    NR,
    Claimed,
    Corrected,
    FindingCode,
    Ground,
    Person,
    Seen,
    Verdict,
    conclude_person,
    exemption,
)
from app.attendance.terms import Terms
from app.attendance.watching import seen_in
from app.core.bulk import Row
from app.core.ids import stable_id
from app.duty.rules import Code
from app.evidence.rules import Presence, SubjectKind
from app.evidence.spot_rules import HeadCount
from app.reports.rules import CurrentClaim as Claim
from app.reports.rules import needed_reporters, unit_state


@dataclass(frozen=True)
class Facts:
    """Everything that was recorded about one apel and that a conclusion rests on."""

    apel: ApelNow
    roster: Roster
    """All units, and at least the people of those that are concluded."""
    elsewhere: Mapping[UUID, Entry]
    """Whom their claims name although another unit answers for them."""
    claims: Mapping[str, Claim]
    """Reporter code → current claim; those of the people elsewhere too."""
    absences: Mapping[UUID, str]
    """Person → code of the confirmed absence of that day."""
    presences: Iterable[Presence]
    spoken: Mapping[str, Spoken]
    decided: Mapping[UUID, str]
    """Person → mark that a person decided in a dispute."""
    corrected: Mapping[UUID, Corrected]
    """Person → the confirmed correction that counts."""
    terms: Terms
    head_counts: Mapping[str, HeadCount]
    """Reporting unit → the latest count of its room."""


@dataclass(frozen=True)
class Rows:
    tallies: list[Row]
    marks: list[Row]
    findings: list[Row]


def conclude_units(facts: Facts, unit_codes: Iterable[str], revision: int) -> Iterator[Rows]:
    """The rows of these reporting units, one after the other; the same facts always give the same rows."""
    people: dict[str, list[Entry]] = defaultdict(list)
    for person in facts.roster.entries:
        people[person.unit_code].append(person)
    own = {presence.asn_id: presence for presence in facts.presences if presence.asn_id}
    rooms: dict[str, list[Presence]] = defaultdict(list)
    for presence in facts.presences:
        if presence.kind is SubjectKind.ROOM and presence.opd_code:
            rooms[presence.opd_code].append(presence)
    for code in unit_codes:
        concluded = _UnitConclusion(facts, code, people[code], own, rooms[code], revision)
        yield Rows([concluded.tally()], concluded.marks, concluded.findings)


class _UnitConclusion:
    """One reporting unit, with its parts, while it is being concluded."""

    def __init__(
        self,
        facts: Facts,
        code: str,
        people: list[Entry],
        own: Mapping[UUID, Presence],
        rooms: Sequence[Presence],
        revision: int,
    ) -> None:
        self.facts, self.code, self.revision = facts, code, revision
        self.people, self.own = people, own
        self.homes = {who.asn_id: who for who in people} | dict(facts.elsewhere)
        unit = facts.roster.units[code]
        strengths = {part.opd_code: part.strength for part in facts.roster.parts_of(code)}
        self.reporters = needed_reporters(code, strengths)
        self.claims = {c: facts.claims[c] for c in sorted(strengths) if c in facts.claims}
        self.missing = [c for c in self.reporters if c not in self.claims]
        self.ground = Ground(
            due=facts.apel.due,
            watched=bool(facts.apel.zoom_meeting_ids),
            gap=facts.terms.gap,
            weak=unit.connectivity in facts.terms.waived_connectivity,
            held_seconds=facts.terms.held_seconds,
            wfa_share_percent=facts.terms.policy.wfa_share_percent,
            no_apel=facts.terms.no_apel,
        )
        self.rooms = seen_in(rooms)
        self.marks: list[Row] = []
        self.findings: list[Row] = []
        self._changed: list[tuple[Claimed, Verdict]] = []
        self._beside = Counts()
        """People whom no claim counts."""
        self._duty_bound = 0
        self._conclude_people()
        if self.ground.counts:
            self._find_off_roster()
            self._find_in_unit()
            if self.ground.due:
                self._find_differences(rooms)

    def _find_in_unit(self) -> None:
        for found, grade, detail in find_in_unit(self._as_unit(), self.ground):
            self._find(found, grade, None, detail)
        if count := self.facts.head_counts.get(self.code):
            found, grade, detail = find_in_count(count, self.facts.terms.policy.spot_check)
            # Another count is another finding: what was explained of the first says nothing about the second.
            self._find(found, grade, None, detail, str(count.count_id))

    def _conclude_people(self) -> None:
        for who in self.people:
            claim = self.claims.get(who.reporter_code)
            presence = self.own.get(who.asn_id)
            person = Person(
                required=who.required,
                claim=claimed_of(claim, who.asn_id) if claim else None,
                reported=claim is not None,
                seen=Seen(presence.seconds, presence.network_gap) if presence else None,
                absence=self.facts.absences.get(who.asn_id),
                decided=self.facts.decided.get(who.asn_id),
                corrected=self.facts.corrected.get(who.asn_id),
            )
            verdict = conclude_person(person, self.ground)
            self._duty_bound += exemption(person) is None
            self._count(person, verdict)
            if verdict is not None:
                self._mark(who, claim, person, presence, verdict)

    def _count(self, person: Person, verdict: Verdict | None) -> None:
        exempt = exemption(person)
        if not self.ground.counts and verdict is not None:
            self._beside += one(verdict.status, verdict.mode)
        elif exempt == NR and not (person.claim and person.claim.named):
            # Only the duty-bound are in a claim's figures.
            corrected = person.corrected is not None and verdict is not None and not verdict.pending
            self._beside += one(verdict.status, verdict.mode) if corrected and verdict else one(NR, None)
        elif person.claim is not None and verdict is not None:
            self._changed.append((person.claim, verdict))
        elif not person.reported and verdict is not None:
            status = (exempt or BL) if verdict.pending else verdict.status
            self._beside += one(status, verdict.mode)

    def _mark(
        self, who: Entry, claim: Claim | None, person: Person, presence: Presence | None, verdict: Verdict
    ) -> None:
        mark_id = stable_id("mark", self.facts.apel.id, who.asn_id)
        self.marks.append(
            {
                "id": mark_id,
                "apel_id": self.facts.apel.id,
                "asn_id": who.asn_id,
                "opd_code": who.opd_code,
                "unit_code": self.code,
                "status": verdict.status,
                "mode": verdict.mode,
                "pending": verdict.pending,
                "seconds": presence.seconds if presence else 0,
                "claim": claim_basis(claim, person.claim),
                "evidence": evidence_basis(presence),
                "reason": verdict.reason,
                "correction_id": person.corrected.correction_id if person.corrected and not verdict.pending else None,
                "uncorrected": uncorrected_basis(verdict.instead_of),
                "revision": self.revision,
            }
        )
        for found, grade in verdict.findings:
            detail = {
                "claim": person.claim.status if person.claim else None,
                "absence": person.absence,
                "seconds": presence.seconds if presence else 0,
                "held_seconds": self.ground.held_seconds,
                "share_percent": self.ground.wfa_share_percent,
            }
            self._find(found, grade, who.asn_id, detail)

    def _find_off_roster(self) -> None:
        for reporter, claim in self.claims.items():
            for asn_id, entry in claim.entries.items():
                home = self.homes.get(asn_id)
                if home is not None and home.reporter_code == reporter:
                    continue
                home_claim = self.facts.claims.get(home.reporter_code) if home else None
                at_home = claimed_of(home_claim, asn_id) if home_claim else None
                present = at_home is not None and at_home.status == Code.H
                grade = grade_off_roster(OffRoster(asn_id, entry.status, present))
                detail = {"status": entry.status, "home": home.unit_code if home else None, "named_by": reporter}
                self._find(FindingCode.NOT_ON_ROSTER, grade, asn_id, detail, reporter)

    def _find_differences(self, rooms: Sequence[Presence]) -> None:
        people = [presence for who in self.people if (presence := self.own.get(who.asn_id))]
        explained = self.facts.terms.gap_known
        for asn_id, grade, detail in find_differences([*rooms, *people], explained=explained):
            self._find(FindingCode.REPORT_DIFFERS, grade, asn_id, detail, detail["about"])

    def _find(self, code: str, grade: str, asn_id: UUID | None, detail: dict[str, Any], *more: str) -> None:
        """Keep a finding; `more` tells several apart that concern the same person."""
        self.findings.append(
            {
                "id": stable_id("finding", self.facts.apel.id, code, self.code, asn_id or "", *more),
                "apel_id": self.facts.apel.id,
                "code": code,
                "grade": grade,
                "opd_code": self.code,
                "asn_id": asn_id,
                "facts": detail,
                "revision": self.revision,
            }
        )

    def _claimed(self) -> Counts:
        return sum((counts_of(claim) for claim in self.claims.values()), Counts())

    def _as_unit(self) -> Unit:
        return Unit(
            roster_strength=self._duty_bound,
            claims=len(self.claims),
            missing=len(self.missing),
            reporters=len(self.reporters),
            claimed=self._claimed(),
            late_minutes=self.late_minutes(),
            room_seconds=self.rooms.seconds,
            room_seen=self.rooms.seen,
            spoken=self.facts.spoken.get(self.code),
            phoned=any(claim.channel != "app" for claim in self.claims.values()),
        )

    def reported_at(self) -> datetime | None:
        """When the first version of the last needed claim came in."""
        needed = [claim for code, claim in self.claims.items() if code in self.reporters]
        return max((claim.first_at for claim in needed or self.claims.values()), default=None)

    def late_minutes(self) -> int | None:
        first = self.reported_at()
        deadline = self.facts.apel.report_deadline
        return None if first is None or first <= deadline else int((first - deadline).total_seconds() // 60)

    def tally(self) -> Row:
        claimed = self._claimed() if self.ground.counts else Counts()
        total = correct_counts(claimed, self._changed) + self._beside
        return {
            "apel_id": self.facts.apel.id,
            "opd_code": self.code,
            "strength": total.strength,
            "present_wfo": total.wfo,
            "present_wfa": total.wfa,
            "excused": total.excused,
            "unexplained": total.unexplained,
            "not_required": total.not_required,
            "not_reported": total.not_reported,
            "disputed": total.disputed,
            "pending": not self.ground.due,
            "report_state": unit_state(list(self.claims.values()), self.missing, self.facts.apel.report_deadline),
            "reported_at": self.reported_at(),
            "late_minutes": self.late_minutes(),
            "versions": [
                {"id": claim.version_id, "opd_code": code, "version": claim.version, "channel": claim.channel}
                for code, claim in self.claims.items()
            ],
            "counts_only": any(claim.entries_are is None for claim in self.claims.values()),
            "room_seconds": self.rooms.seconds,
            "connection": self.rooms.state,
            "revision": self.revision,
        }
