"""What a person agreed to reach in a year, as plain values: versions of it, and what differs between two. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.fields import fold
from app.core.ids import new_id, stable_id
from app.performance.rules import Aspect, Better, Theme

Words = tuple[str, str, Aspect]
"""How people name an indicator: RHK and indicator, folded, and its aspect."""


@dataclass(frozen=True)
class Indicator:
    """One indicator of one RHK, with what is agreed for each period."""

    id: UUID
    rhk: str
    supports: str | None
    """The leader's RHK that it supports (RHK pimpinan yang diintervensi)."""
    theme: Theme | None
    indicator: str
    aspect: Aspect
    unit: str
    better: Better
    weight: int
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    """Period → target."""

    @property
    def words(self) -> Words:
        return words_of(self.rhk, self.indicator, self.aspect)

    def to_json(self) -> dict[str, Any]:
        kept = {name: value for name, value in vars(self).items() if name not in ("id", "targets")}
        return {"id": str(self.id), **kept, "targets": {period: plain(self.targets[period]) for period in self.targets}}


def words_of(rhk: str, indicator: str, aspect: Aspect) -> Words:
    return fold(rhk), fold(indicator), aspect


def plain(number: Decimal) -> str:
    """A number as people write it: 12, 12.5."""
    return f"{number.normalize():f}"


def from_json(kept: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=UUID(kept["id"]),
        rhk=kept["rhk"],
        supports=kept["supports"],
        theme=Theme(kept["theme"]) if kept["theme"] else None,
        indicator=kept["indicator"],
        aspect=Aspect(kept["aspect"]),
        unit=kept["unit"],
        better=Better(kept["better"]),
        weight=kept["weight"],
        targets={period: Decimal(target) for period, target in sorted(kept["targets"].items())},
    )


class Names:
    """Which id an indicator has: the one it is known by, so that its achievements stay with it."""

    def __init__(self, asn_id: UUID, year: int, known: Iterable[Indicator]) -> None:
        self._of = (asn_id, year)
        self._by_words = {one.words: one.id for one in known}
        self._taken = set(self._by_words.values())

    def knows(self, indicator_id: UUID) -> bool:
        return indicator_id in self._taken

    def id_of(self, words: Words) -> UUID:
        """The same words have the same id, also after they were dropped for a while."""
        found = self._by_words.get(words)
        if found is None:
            found = stable_id("indicator", *self._of, *words)
            if found in self._taken:  # kept by an indicator that was worded anew
                found = new_id()
            self._by_words[words] = found
            self._taken.add(found)
        return found


def merge(known: Sequence[Indicator], said: Iterable[Indicator]) -> list[Indicator]:
    """A plan with what a file says of some of its indicators; what the file does not name stays."""
    merged = {one.id: one for one in known}
    for one in said:
        merged[one.id] = _completed(one, merged[one.id]) if one.id in merged else one
    return gathered(merged.values())


def gathered(plan: Iterable[Indicator]) -> list[Indicator]:
    """A plan with the indicators of one RHK beside each other, as it is read and sent back."""
    by_rhk: dict[object, list[Indicator]] = {}
    for one in plan:
        by_rhk.setdefault((one.rhk, one.supports, one.theme), []).append(one)
    return [one for indicators in by_rhk.values() for one in indicators]


def _completed(one: Indicator, before: Indicator) -> Indicator:
    """An indicator as a file tells it, with what the file leaves unsaid."""
    targets = dict(before.targets) | dict(one.targets)
    supports, theme = one.supports or before.supports, one.theme or before.theme
    return replace(one, supports=supports, theme=theme, targets=dict(sorted(targets.items())))


Target = tuple[UUID, str]


@dataclass(frozen=True)
class Difference:
    """What the tables of the plan in force must be told when one version follows another."""

    indicators: list[tuple[int, Indicator]]
    """New or otherwise than before, with their place in the plan."""
    targets: list[tuple[Indicator, str]]
    """Periods whose target is new, or is judged otherwise than before."""
    gone_indicators: list[UUID]
    gone_targets: list[Target]


def difference(before: Sequence[Indicator], after: Sequence[Indicator]) -> Difference:
    old = {one.id: (place, one) for place, one in enumerate(before)}
    kept = {one.id for one in after}
    changed = [(place, one) for place, one in enumerate(after) if old.get(one.id) != (place, one)]
    return Difference(
        indicators=changed,
        targets=[target for _, one in changed for target in _retold(old, one)],
        gone_indicators=[one.id for one in before if one.id not in kept],
        gone_targets=[
            (one.id, period)
            for one in after
            for period in (old[one.id][1].targets if one.id in old else ())
            if period not in one.targets
        ],
    )


def _retold(old: Mapping[UUID, tuple[int, Indicator]], one: Indicator) -> Iterator[tuple[Indicator, str]]:
    _, before = old.get(one.id, (0, None))
    same_terms = before is not None and (before.weight, before.better) == (one.weight, one.better)
    for period, target in one.targets.items():
        if not (same_terms and before is not None and before.targets.get(period) == target):
            yield one, period


def listed_twice(plan: Collection[Indicator]) -> list[int]:
    """Places of indicators that another one before them names in the same words, or by the same id."""
    seen: set[object] = set()
    found = []
    for place, one in enumerate(plan):
        if one.words in seen or one.id in seen:
            found.append(place)
        seen |= {one.words, one.id}
    return found
