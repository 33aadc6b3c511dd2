"""What is known of a year before the regency corrects it: the `holidays` package, and facts kept beside this module."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import holidays

from app.calendar.rules import Day, DayKind, HourRules

LIBRARY = f"holidays {version('holidays')}"
_FORECAST = re.compile(r"\s*\(perkiraan\)")
_CATEGORIES = {"public": DayKind.HOLIDAY, "government": DayKind.CUTI_BERSAMA}
"""The package's categories: national holidays, and the joint leave that a decree of three ministers adds."""


@dataclass(frozen=True)
class Entry:
    """A marked day with where it comes from."""

    day: date
    mark: Day
    source: str


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "almanac.toml").read_text("utf-8"))


@cache
def list_hour_rules() -> tuple[HourRules, ...]:
    return tuple(HourRules(**rules) for rules in _facts()["hours"])


@cache
def list_days(year: int) -> tuple[Entry, ...]:
    """The marked days of a year in order; a holiday outdoes a cuti bersama, and both outdo Ramadan."""
    found = {entry.day: entry for entry in _ramadan(year)}
    for category in reversed(_CATEGORIES):
        found |= {entry.day: entry for entry in _published(year, category)}
    return tuple(found[day] for day in sorted(found))


@cache
def edition(year: int) -> str:
    """A digest of what is known of a year, so that a later release that knows more is noticed."""
    return sha256(repr(list_days(year)).encode()).hexdigest()


def _published(year: int, category: str) -> Iterator[Entry]:
    known = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
    for day, label in sorted(known.items()):
        name = _FORECAST.sub("", label)
        yield Entry(day, Day(_CATEGORIES[category], name, estimated=name != label), LIBRARY)


def _ramadan(year: int) -> Iterator[Entry]:
    """The days of Ramadan in a year: known from the isbat session, else the thirty days before the feast."""
    facts = _facts()["ramadan"]
    starts: list[date] = facts["starts"]
    for feast in _feasts(year) + _feasts(year + 1):
        announced = next((start for start in starts if 0 < (feast - start).days <= 30), None)
        first = announced or feast - timedelta(days=30)
        source = facts["source"] if announced else LIBRARY
        for day in (first + timedelta(days=n) for n in range((feast - first).days)):
            if day.year == year:
                yield Entry(day, Day(DayKind.RAMADAN, "Ramadan", estimated=announced is None), source)


def _feasts(year: int) -> list[date]:
    """The first days of Idul Fitri in a year: 2033 has two."""
    return [entry.day for entry in _published(year, "public") if entry.mark.name.startswith("Hari Raya Idul Fitri")]
