"""What an export is asked for."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.fields import Body, Nip, OpdCode
from app.tpp.schemas import MonthText


class PackFilter(Body):
    month: MonthText
    opd_code: OpdCode | None = None
    """A reporting unit; without it everybody who served in the month."""


class PackWrite(Body):
    month: MonthText
    asn_ids: Annotated[list[UUID], Field(default_factory=list, max_length=5000)]
    nips: Annotated[list[Nip], Field(default_factory=list, max_length=5000)]
    """In the body, since an address ends up in logs."""
