"""How a verdict came about, line by line: the hours of the day, what excused, and what forbade it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from app.calendar.spans import Part, rest_of
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.duty.queries import ConfirmedSpan
from app.duty.rules import EXCUSED_MASK, is_hidden
from app.livestreams.assessing import Assessed, DayKnown
from app.livestreams.rules import Permit

INCIDENTS = "/v1/livestreams/incidents"


class Tracing:
    """The lines of one report, in one language, for somebody who may know health codes or may not."""

    def __init__(
        self, found: Assessed, policy: str, language: Language, *, knows_health: bool = False, own: bool = False
    ) -> None:
        self._found, self._policy, self._language = found, policy, language
        self._knows_health, self._own = knows_health, own

    def lines(self) -> list[RuleLine]:
        """The verdict first, then what it rests on."""
        return [
            self._verdict(),
            self._hours(),
            *self._marked(),
            *self._absences(),
            *(self._permit(permit) for permit in self._found.assessment.permits),
            self._circular(),
        ]

    def _line(self, rule: str, key: str, facts: Mapping[str, Any], *evidence: EvidenceLink) -> RuleLine:
        """`key`: of the text; `source` and `verified` are null where nobody is named."""
        facts = {"source": None, "verified": None} | dict(facts)
        words = text(self._language, "livestream.line", key, **facts)
        return RuleLine(
            rule=f"livestream.{rule}", policy=self._policy, text=words, facts=facts, evidence=list(evidence)
        )

    def _verdict(self) -> RuleLine:
        assessment, incident = self._found.assessment, self._found.incident
        facts = {"verdict": assessment.verdict, "minutes": assessment.minutes, "platform": incident.platform}
        link = EvidenceLink(kind="livestream", id=str(incident.id), href=f"{INCIDENTS}/{incident.id}")
        return self._line("verdict", assessment.verdict, facts, link)

    def _hours(self) -> RuleLine:
        """Seconds of each part, and by which hours; the break's place is told apart, since nobody regulates it."""
        parts = self._found.assessment.overlap.seconds()
        rules = next((day.rules for day in self._found.days if day.rules), None)
        facts: dict[str, Any] = parts | {
            "minutes_within": parts[Part.WITHIN] // 60,
            "days": [_clock(day) for day in self._found.days],
            "shifts": [_shift(one.span, one.registered_at) for one in self._found.shifts],
            "source": rules.legal_basis if rules else None,
            "verified": rules.verified if rules else False,
            "break_source": rules.break_source if rules else None,
            "break_verified": rules.break_verified if rules else False,
        }
        return self._line("hours", "hours", facts, *self._evidence_of_hours())

    def _evidence_of_hours(self) -> Iterator[EvidenceLink]:
        """The regulation; and the register of shifts, where something stands or is missing in it."""
        for basis in dict.fromkeys(day.rules.legal_basis for day in self._found.days if day.rules):
            yield EvidenceLink(kind="hours", id=basis, href="/v1/calendar/hours")
        if self._found.shifts or self._found.assessment.overlap.unknown:
            asn_id, span = self._found.incident.asn_id, _span_of(self._found)
            yield EvidenceLink(kind="shift", id=str(asn_id), href=f"/v1/shifts?asn_id={asn_id}&{span}")

    def _marked(self) -> Iterator[RuleLine]:
        for day, mark in ((known.work.day, known.mark) for known in self._found.days):
            if mark is not None:
                facts = {"date": day.isoformat(), "kind": mark.kind, "name": mark.name, "estimated": mark.estimated}
                link = EvidenceLink(kind="calendar", id=day.isoformat(), href=f"/v1/calendar/{day}")
                yield self._line("calendar", "calendar", facts | {"verified": not mark.estimated}, link)

    def _absences(self) -> Iterator[RuleLine]:
        known = {day.absence.id: (day, day.absence) for day in self._found.days if day.absence}
        for day, absence in known.values():
            shown = EXCUSED_MASK if is_hidden(absence.code, knows_health=self._knows_health) else absence.code
            span = {"from": absence.from_date.isoformat(), "to": absence.to_date.isoformat()}
            facts = {"code": shown, "hold": day.work.hold} | span
            yield self._line("absence", f"absence-{day.work.hold}", facts, self._evidence_of(absence, day.work.day))

    def _evidence_of(self, absence: ConfirmedSpan, day: date) -> EvidenceLink:
        """The person reads the own absences with the own days."""
        asn_id = self._found.incident.asn_id
        days = f"/v1/workdays/asn/{asn_id}/days?from={day}&to={day}"
        href = days if self._own else f"/v1/absences/{absence.id}"
        return EvidenceLink(kind="absence", id=str(absence.id), href=href)

    def _permit(self, permit: Permit) -> RuleLine:
        facts = {
            "kind": permit.kind,
            "letter_no": permit.letter_no,
            "letter_date": permit.letter_date.isoformat(),
            "from": permit.span.starts_at.isoformat(),
            "to": permit.span.ends_at.isoformat(),
            "source": permit.letter_no,
        }
        link = EvidenceLink(kind="permit", id=str(permit.id), href=f"/v1/livestreams/permits/{permit.id}")
        return self._line("permit", "permit", facts, link)

    def _circular(self) -> RuleLine:
        rule = self._found.assessment.forbidding
        if rule is None:
            return self._line("circular", "circular-none", {})
        link = EvidenceLink(kind="circular", id=rule.number, href=rule.href)
        facts = {"number": rule.number, "source": rule.number, "verified": rule.verified}
        return self._line("circular", "circular", facts, link)


def _clock(day: DayKnown) -> dict[str, Any]:
    """The hours of one day; without `starts` it has none, or they are not the pattern's."""
    told: dict[str, Any] = {"date": day.work.day.isoformat(), "pattern": day.work.pattern, "hold": day.work.hold}
    if day.hours is None:
        return told
    rest = rest_of(day.hours)
    told |= {"starts": f"{day.hours.starts:%H:%M}", "ends": f"{day.hours.ends:%H:%M}"}
    return told | ({"break": [f"{rest.starts:%H:%M}", f"{rest.ends:%H:%M}"]} if rest else {})


def _shift(span: Any, registered_at: Any) -> dict[str, Any]:
    return {
        "starts_at": span.starts_at.isoformat(),
        "ends_at": span.ends_at.isoformat(),
        "registered_at": registered_at.isoformat(),
        "registered_later": registered_at > span.starts_at,
    }


def _span_of(found: Assessed) -> str:
    """Query of the days that a broadcast touches, and of the one before for a shift over midnight."""
    first, last = found.days[0].work.day, found.days[-1].work.day
    return f"from={first - timedelta(days=1)}&to={last}"
