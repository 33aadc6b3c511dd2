"""Texts for a messenger group: OPDs and numbers, never a person, and no word on why somebody is away."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.apel.timeline import ApelNow
from app.attendance.models import Finding, Tally
from app.core.rates import Percent
from app.core.texts import Language, text
from app.core.texts.dates import clock_time, long_day

SILENT = ("missing", "partial")


@dataclass(frozen=True)
class Tongue:
    """In which language, and by whose clock."""

    language: Language
    zone: ZoneInfo

    def say(self, key: str, **facts: object) -> str:
        return text(self.language, "notification", key, **facts)

    def occasion(self, apel: ApelNow) -> str:
        return self.say("occasion", title=apel.title, day=long_day(apel.on_date))


@dataclass(frozen=True)
class Stand:
    """The figures of a whole apel."""

    called: int
    reported: int
    strength: int
    wfo: int
    wfa: int
    excused: int
    unexplained: int
    not_reported: int
    disputed: int

    @property
    def rate(self) -> Percent:
        """Hadir / jumlah of the people reported about, as the board has it."""
        counted = self.strength - self.not_reported
        return Percent(self.wfo + self.wfa, counted, {"BL": self.not_reported} if self.not_reported else {})


def stand_of(tallies: Sequence[Tally]) -> Stand:
    spoken = [row for row in tallies if row.report_state != "missing"]
    strength, known = sum(row.strength for row in tallies), sum(row.strength - row.not_reported for row in spoken)
    return Stand(
        called=len(tallies),
        reported=sum(row.report_state not in SILENT for row in tallies),
        strength=strength,
        wfo=sum(row.present_wfo for row in spoken),
        wfa=sum(row.present_wfa for row in spoken),
        excused=sum(sum(row.excused.values()) for row in spoken),
        unexplained=sum(row.unexplained for row in spoken),
        not_reported=strength - known,
        disputed=sum(row.disputed for row in spoken),
    )


def say_closed(tongue: Tongue, apel: ApelNow, stand: Stand) -> str:
    """That an apel was closed; with its figures once the deadline has passed, and never before."""
    time = clock_time(apel.held_to or apel.state_since, tongue.zone)
    lines = [
        tongue.say("closed", occasion=tongue.occasion(apel), time=time),
        tongue.say("reported", reported=stand.reported, called=stand.called),
    ]
    if apel.due:
        lines += _figures(tongue, stand)
    elif stand.reported < stand.called:
        lines.append(tongue.say("still-open", deadline=clock_time(apel.report_deadline, tongue.zone)))
    return "\n".join(lines)


def _figures(tongue: Tongue, stand: Stand) -> list[str]:
    present = {"present": stand.wfo + stand.wfa, "wfo": stand.wfo, "wfa": stand.wfa}
    counted = {"excused": stand.excused, "unexplained": stand.unexplained}
    lines = [tongue.say("figures", strength=stand.strength - stand.not_reported, **present, **counted)]
    if stand.not_reported:
        lines.append(tongue.say("silent", count=stand.not_reported))
    if stand.disputed:
        lines.append(tongue.say("disputed", count=stand.disputed))
    rate = stand.rate
    if rate.percent is not None:
        percent = f"{rate.percent}".replace(".", ",") if tongue.language == "id" else f"{rate.percent}"
        shown = {"numerator": rate.numerator, "denominator": rate.denominator, "percent": percent}
        lines.append(tongue.say("rate", **shown))
    return lines


def say_final(tongue: Tongue, apel: ApelNow, stand: Stand, scored: int) -> str:
    tail = tongue.say("scored", count=scored) if scored else tongue.say("not-counted")
    return "\n".join([tongue.say("final", occasion=tongue.occasion(apel)), *_figures(tongue, stand), tail])


def say_returned(tongue: Tongue, apel: ApelNow, short_name: str) -> str:
    """The reason is not told here: people write names into it."""
    return tongue.say("returned", opd=short_name, occasion=tongue.occasion(apel))


def say_to_review(tongue: Tongue, apel: ApelNow, short_name: str, findings: Iterable[Finding]) -> str:
    counted = Counter(finding.code for finding in findings)
    lines = [f"- {text(tongue.language, 'notification.finding', code)}: {n}" for code, n in sorted(counted.items())]
    return "\n".join([tongue.say("to-review", opd=short_name, occasion=tongue.occasion(apel)), *lines])
