"""Recorders and note takers, told by the names under which they join: exact, from a list with sources."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from app.core.fields import fold

NAMES = 16_384
"""Names that are remembered: an apel is settled many times over while it is held."""


@cache
def _known() -> re.Pattern[str]:
    listed = tomllib.loads((files(__package__) / "bots.toml").read_text("utf-8"))["bot"]
    names = (re.escape(name).replace(r"\*", r".+") for bot in listed for name in bot["names"])
    return re.compile("|".join(names))


@lru_cache(maxsize=NAMES)
def is_bot(name: str) -> bool:
    """Whether a display name is a machine's; whatever resembles one without being listed is not."""
    return _known().fullmatch(fold(name)) is not None
