"""Field types that every body and query shares: bounded, strict, and free of what databases and screens choke on.

JSON numbers and booleans are taken as they are (`true`, "12" and 1.0 are no integers); texts are stored in NFC.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from app.core.periods import PERIOD

OPD_CODE = r"^[A-Z0-9][A-Z0-9._-]{0,31}$"
_RFC3339 = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$")
_CIVIL = re.compile(r"^\d{4}-\d\d-\d\d$")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Body(BaseModel):
    """A body that says no to what it does not know."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, frozen=True)


class Read(BaseModel):
    """An answer; built from rows or objects by attribute."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


@dataclass(frozen=True)
class Documented:
    """Writes into the schema what validators hold a text to, which pydantic cannot read off them."""

    pattern: str
    max_length: int | None = None

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        schema["pattern"] = self.pattern
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        return schema


def _written(pattern: re.Pattern[str], code: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and not pattern.match(value):
            raise PydanticCustomError(code, "not written as required")
        if isinstance(value, (int, float)):
            raise PydanticCustomError(code, "not written as required")
        return value

    return BeforeValidator(check)


def _in_years(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("year_out_of_range", "year outside 2000–2100")
    return value


ANY_TEXT = Documented(r"^[^\x00]*$")
"""Whatever can be stored: passwords, and codes that others give out."""
SEEN = rf"^[^{_UNSEEN.pattern[1:-1]}]*$"
"""What `_clean` lets through, as a pattern; line breaks and tabs are seen."""


def _clean(value: str) -> str:
    if _UNSEEN.search(value):
        raise PydanticCustomError("unseen_characters", "holds control or direction characters")
    return unicodedata.normalize("NFC", value)


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Count = Annotated[int, Field(strict=True, ge=0, le=100_000)]
"""People: no unit of a regency reaches a hundred thousand."""
Bool = Annotated[bool, Field(strict=True)]
Instant = Annotated[
    datetime,
    _written(_RFC3339, "datetime_parsing"),
    AfterValidator(_in_years),
    Field(examples=["2026-11-23T07:30:00+08:00"]),
]
"""RFC 3339 with offset, between 2000 and 2100."""
Day = Annotated[date, _written(_CIVIL, "date_parsing"), AfterValidator(_in_years), Field(examples=["2026-11-23"])]
"""A civil day, YYYY-MM-DD, between 2000 and 2100."""
Line = Annotated[
    str,
    BeforeValidator(_strip),
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_clean),
    Documented(SEEN),
]
"""One line of text."""
Prose = Annotated[
    str,
    BeforeValidator(_strip),
    StringConstraints(min_length=1, max_length=2000),
    AfterValidator(_clean),
    Documented(SEEN),
]
"""Some lines of text."""
Pages = Annotated[
    str,
    BeforeValidator(_strip),
    StringConstraints(min_length=1, max_length=20_000),
    AfterValidator(_clean),
    Documented(SEEN),
]
"""Some pages of text."""
PeriodCode = Annotated[str, StringConstraints(pattern=PERIOD), Field(examples=["2026-11", "2026-Q4", "2026"])]
"""A month, a quarter or a year."""
OpdCode = Annotated[str, StringConstraints(pattern=OPD_CODE), Field(examples=["DISDIK"])]
Nip = Annotated[str, StringConstraints(pattern=r"^[0-9]{18}$"), Field(examples=["198501012010011001"])]
"""Eighteen digits as text: a number would lose its last three."""


def fold(name: str) -> str:
    """A search key: NFKD without marks, lower case, apostrophes gone, other signs as single blanks."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    plain = re.sub(r"['\u2018\u2019\u02bc`]", "", plain.casefold())
    return " ".join(re.findall(r"\w+", plain.replace("_", " ")))
