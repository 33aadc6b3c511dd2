"""How an answer leads from a number to its rule and to the facts below it: the same shape in every room."""

from typing import Any

from app.core.fields import Read


class EvidenceLink(Read):
    """A fact that a number rests on."""

    kind: str
    """What it is: `mark`, `workday`, `report_version`, `absence`, `decision` and the like."""
    id: str
    href: str
    """Where it is read, in one call."""


class RuleLine(Read):
    """One rule of a policy, applied."""

    rule: str
    policy: str
    """The version that was applied, `code@version`; `/v1/policies` lists it with its sources."""
    text: str
    """One short sentence for people."""
    facts: dict[str, Any]
    """The figures that went in; with `source`, `verified` and, for a share, its `base`."""
    evidence: list[EvidenceLink]
