"""Which rules held when, as one value: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from app.policies.rules import Rules


@dataclass(frozen=True)
class Reign:
    """The rules in force over time; rising by beginning, of one day the one put in force later comes later."""

    versions: tuple[Rules, ...]
    kept: Mapping[UUID, Rules] = field(default_factory=dict)
    """Apel → the rules that it was scored with."""

    def on(self, day: date) -> Rules:
        """Raises LookupError before the first version."""
        for rules in reversed(self.versions):
            if rules.effective_from <= day:
                return rules
        raise LookupError("the first policy begins later than this day")

    def of_apel(self, apel_id: UUID, on_date: date) -> Rules:
        return self.kept.get(apel_id) or self.on(on_date)

    def between(self, from_date: date, to_date: date) -> tuple[Rules, ...]:
        """Every version that held on some day of a span, or that judged an apel of it."""
        within = [rules for rules in self.versions if from_date < rules.effective_from <= to_date]
        known = {rules.id: rules for rules in (self.on(from_date), *within, *self.kept.values())}
        return tuple(known.values())


def always(rules: Rules) -> Reign:
    """As if these rules had held all the time: what a simulation asks."""
    return Reign((replace(rules, effective_from=date.min),))
