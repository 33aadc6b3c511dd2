"""A spreadsheet's arithmetic, as far as our formulas use it: binary fractions, as a spreadsheet has them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl.utils import column_index_from_string

_PLACE = re.compile(r"(?:(\w+)!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


class Book:
    """Sheets by title, each with its rows below the header; `value("Perhitungan", "M", 2)` calculates a cell."""

    def __init__(self, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        self._sheets = sheets
        self._known: dict[tuple[str, int, int], Any] = {}

    def value(self, sheet: str, column: str, row: int) -> Any:
        return self._cell(sheet, column_index_from_string(column), row)

    def _cell(self, sheet: str, column: int, row: int) -> Any:
        key = (sheet, column, row)
        if key not in self._known:
            raw = self._sheets[sheet][row - 2][column - 1]
            is_formula = isinstance(raw, str) and raw.startswith("=")
            self._known[key] = self._evaluate(raw[1:], sheet) if is_formula else raw
        found = self._known[key]
        return found if found is None or isinstance(found, str) else float(found)

    def _evaluate(self, formula: str, sheet: str) -> Any:
        texts: list[str] = []

        def hide(match: re.Match[str]) -> str:
            texts.append(match[1])
            return f"texts[{len(texts) - 1}]"

        code = re.sub(r'"([^"]*)"', hide, formula)
        code = _PLACE.sub(lambda match: self._place(match, sheet), code)
        code = code.replace("<>", "!=")
        return eval(code, {"__builtins__": {}}, FUNCTIONS | {"texts": texts, "cell": self._number, "span": self._span})

    def _place(self, match: re.Match[str], sheet: str) -> str:
        where, column, row, last_column, last_row = match.groups()
        where, number = where or sheet, column_index_from_string(column)
        if last_column is None:
            return f"cell({where!r},{number},{row})"
        assert last_column == column
        return f"span({where!r},{number},{row},{last_row})"

    def _number(self, sheet: str, column: int, row: int) -> Any:
        found = self._cell(sheet, column, row)
        return 0.0 if found is None else found

    def _span(self, sheet: str, column: int, first: int, last: int) -> list[Any]:
        return [self._cell(sheet, column, row) for row in range(first, last + 1)]


def _numbers(values: Sequence[Any]) -> Iterator[float]:
    for value in values:
        if isinstance(value, list):
            yield from _numbers(value)
        elif isinstance(value, (int, float)):
            yield float(value)


def _round(value: float, places: float) -> float:
    """Half away from zero, on the fifteen digits that a spreadsheet shows."""
    return _scaled(value, places, lambda number: int(number + 0.5))


def _round_down(value: float, places: float) -> float:
    return _scaled(value, places, int)


def _scaled(value: float, places: float, cut: Callable[[float], int]) -> float:
    number = float(f"{abs(value) * 10**places:.15g}")
    return (1 if value >= 0 else -1) * cut(number) / 10**places


FUNCTIONS: dict[str, Any] = {
    "SUM": lambda *values: sum(_numbers(values)),
    "MIN": lambda *values: min(_numbers(values)),
    "MAX": lambda *values: max(_numbers(values)),
    "ROUND": _round,
    "ROUNDDOWN": _round_down,
    "IF": lambda test, then, otherwise: then if test else otherwise,
    "AND": lambda *tests: all(tests),
    "COUNTIF": lambda values, wanted: sum(value == wanted for value in values),
}
