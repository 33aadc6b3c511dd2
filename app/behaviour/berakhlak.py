"""The core values of the civil service, BerAKHLAK, and their guides of behaviour, as the data file beside has them."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from app.policies.sources import Source


@dataclass(frozen=True)
class Guide:
    """One of the 21 guides (panduan perilaku); its code is the value's with a letter: `loyal.a`."""

    code: str
    words: str


@dataclass(frozen=True)
class CoreValue:
    code: str
    name: str
    guides: tuple[Guide, ...]


_FILE = tomllib.loads((files(__package__) / "berakhlak.toml").read_text("utf-8"))

SOURCE = Source(_FILE["source"], _FILE["verified"])
VALUES = tuple(
    CoreValue(
        kept["code"],
        kept["name"],
        tuple(Guide(f"{kept['code']}.{letter}", words) for letter, words in kept["guides"].items()),
    )
    for kept in _FILE["value"]
)
"""In the order of the acronym."""
NAMES = {value.code: value.name for value in VALUES}
GUIDES = {guide.code: guide for value in VALUES for guide in value.guides}
