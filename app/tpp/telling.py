"""A kept calculation in words, each number with its rule and the facts below it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.texts import Language, text
from app.core.traces import EvidenceLink
from app.tpp.models import TppLine
from app.tpp.months import EVIDENCE, Rule
from app.tpp.schemas import CalculationRead, CutRead, SettledRead, TallyRead


def tell_calculation(line: TppLine, policy: str, language: Language) -> CalculationRead:
    """What a sheet keeps of one person, as people read it."""
    kept = line.calculation
    told = kept["rule_set"] is not None
    return CalculationRead(
        policy=policy,
        from_date=date.fromisoformat(kept["from"]),
        to_date=date.fromisoformat(kept["to"]),
        rule_set=told,
        note=_note(line, language),
        percent=None if line.percent is None else float(line.percent),
        rate=_rupiah(line.rate),
        amount=_rupiah(line.amount),
        tally=TallyRead(**kept["tally"]) if "tally" in kept else None,
        lines=tell_lines(kept, line.asn_id, policy, language),
    )


def _note(line: TppLine, language: Language) -> str | None:
    kept = line.calculation
    if kept["rule_set"] is None:
        return text(language, "tpp.note", "no-rule-set", employment_type=line.employment_type)
    if kept.get("gone"):
        return text(language, "tpp.note", "gone")
    unknown = kept["tally"]["unknown_days"] if "tally" in kept else 0
    return text(language, "tpp.note", "unknown-days", days=unknown) if unknown else None


def _rupiah(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount)


def tell_lines(kept: dict[str, Any], asn_id: UUID, policy: str, language: Language) -> list[CutRead]:
    """The deductions of a calculation, in order of days; caps and sanctions last."""
    absences = [link for line in kept["lines"] if line["rule"] == Rule.ABSENT for link in _evidence(line, asn_id)]
    return [
        CutRead(
            rule=f"tpp.{line['rule']}",
            policy=policy,
            text=_say(line, language),
            facts=_facts(line, kept),
            evidence=absences if line["rule"] == Rule.FULL_CUT else _evidence(line, asn_id),
            percent=float(line["percent"]),
            amount=line["amount"],
        )
        for line in kept["lines"]
    ]


def _say(line: dict[str, Any], language: Language) -> str:
    said = text(language, "tpp", line["rule"], **line)
    absorbed = line["rule"] == Rule.APEL and line["percent"] != line["table"]
    return f"{said} {text(language, 'tpp', 'absorbed')}" if absorbed else said


def _facts(line: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """The figures that went in; `table` is what the table says, of the base."""
    facts = {name: line[name] for name in ("code", "day", "minutes", "table") if line[name] is not None}
    if line["rule"] == Rule.SANCTION or line["of_whole"]:
        facts["base"] = "whole"
    else:
        facts["base"] = kept["rule_set"]
        facts |= {"discipline_percent": kept["discipline_percent"]} if kept["rule_set"] == "discipline" else {}
        facts |= {"working_days": kept["working_days"]} if kept["rule_set"] == "day" else {}
    return facts | {"source": kept["source"], "verified": kept["verified"]}


def _evidence(line: dict[str, Any], asn_id: UUID) -> list[EvidenceLink]:
    kind, fact_id, day = EVIDENCE.get(Rule(line["rule"])), line["fact_id"], line["day"]
    if kind == "workday":
        href = f"/v1/workdays/asn/{asn_id}/days?from={day}&to={day}"
        return [EvidenceLink(kind=kind, id=fact_id or day, href=href)]
    if kind == "mark":
        return [EvidenceLink(kind=kind, id=fact_id, href=f"/v1/attendance/{fact_id}")]
    if kind == "case":
        return [EvidenceLink(kind=kind, id=fact_id, href=f"/v1/cases/{fact_id}")]
    return []


def tell_settled(before: dict[str, Any] | None) -> SettledRead | None:
    if before is None:
        return None
    percent = before["percent"]
    return SettledRead(percent=None if percent is None else float(percent), amount=before["amount"])


def repayment_of(line: TppLine) -> int | None:
    """Rupiah owed to the person by a correction; None where it is no correction, or no TPP is loaded."""
    if line.before is None or line.amount is None or line.before["amount"] is None:
        return None
    return int(line.before["amount"] - line.amount)
