"""Text of people on its way into files that others open: harmless, and as readable as it came."""

import unicodedata

MAX_MARKS = 2
"""Combining marks on one letter: more than any spelling of a name needs, too few to climb over other lines."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
"""Controls, direction overrides, private and unassigned signs: invisible at best."""
_BREAKS = frozenset({"Zl", "Zp", "Zs"})


def printable(text: str, *, longest: int = 300) -> str:
    """One line in NFC without what cannot be seen or what reorders its neighbours."""
    signs: list[str] = []
    marks = 0
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if sign in "\t\n\r" or category in _BREAKS:
            signs.append(" ")
        elif category not in _UNSEEN and marks <= MAX_MARKS:
            signs.append(sign)
    line = " ".join("".join(signs).split(" ")).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


def neutral(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text
