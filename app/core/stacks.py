"""What a failure looks like in the log: enough to mend it, without the person whose data it failed on."""

import re
import traceback

_LONG_DIGITS = re.compile(r"\d{16,}")
"""NIP (18 digits) and NIK (16 digits)."""
_TELLS_INPUT = frozenset({"ResponseValidationError", "RequestValidationError", "ValidationError"})
"""Exceptions whose message lists the values that failed."""


def masked(text: str) -> str:
    """The text with long numbers, which may name a person, replaced."""
    return _LONG_DIGITS.sub("*", text)


def readable_stack(error: BaseException) -> str:
    """The frames of an exception and of its causes, messages masked and never longer than a line."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += traceback.format_tb(current.__traceback__)
        name = type(current).__name__
        message = "" if name in _TELLS_INPUT else masked(str(current)).partition("\n")[0][:300]
        lines.append(f"{name}: {message}\n")
        current = current.__cause__ or current.__context__
    return "".join(lines)
