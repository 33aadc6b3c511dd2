"""The reminder for a messenger group: kind, short, and without a person's name."""

from collections.abc import Mapping, Sequence

from app.circulars.models import Circular
from app.circulars.rules import OpdCount
from app.core.texts import Language, text
from app.core.texts.dates import long_date, long_day

MOST_ROWS = 20
"""A message of more lines is not read."""


def words_for_group(
    circular: Circular, rows: Sequence[OpdCount], short_names: Mapping[str, str], language: Language
) -> str:
    """Number, title, deadline, who is awaited by OPD and number, and how to acknowledge; thanks when nobody is."""
    facts = {"number": circular.number, "date": long_date(circular.dated_on), "title": circular.title}
    if not rows:
        return text(language, "circular", "all", **facts)
    by = circular.acknowledge_by
    deadline = text(language, "circular", "deadline", day=long_day(by)) if by else text(language, "circular", "soon")
    lines = [text(language, "circular", "greeting", deadline=deadline, **facts)]
    lines += [f"- {short_names[row.opd_code]}: {_awaited(row, language)}" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(text(language, "circular", "more", count=len(rows) - MOST_ROWS))
    return "\n".join([*lines, text(language, "circular", "how")])


def _awaited(row: OpdCount, language: Language) -> str:
    said = (("head", row.offices), ("people", row.people), ("desa", row.desa))
    return ", ".join(text(language, "circular", kind, count=count.pending) for kind, count in said if count.pending)
