"""Mondays over HTTP that end in scores."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.apel.models import Apel
from app.core.principal import Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import claim

WEEK = timedelta(days=7)
FIRST = MONDAY - 3 * WEEK
"""2 November 2026: the first of the month's Mondays, of which MONDAY is the last but one."""


@dataclass
class Season:
    """OPDs with ten people each, their apels without Zoom, and what is asked about them."""

    api: Api
    make: Make

    def opd(self, code: str, people: int = 10, **fields: Any) -> list[Asn]:
        self.make.opd(code, **fields)
        return [self.make.asn(code, f"{code.title()} {number}") for number in range(people)]

    def apel(self, at: datetime = MONDAY, **fields: Any) -> Apel:
        return self.make.apel(at, **fields)

    def report(self, apel: Apel, code: str, body: dict[str, Any], *, late: int = 0, **headers: str) -> None:
        """The OPD's report, so many minutes after the deadline; in time when none are given."""
        at = apel.report_deadline + timedelta(minutes=late) if late else apel.starts_at
        operator = self.api.as_(Role.OPD_OPERATOR, code).at(at)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = operator.put(f"/v1/apel/{apel.id}/reports/{code}", body, headers=named)
        assert answer.status_code in (200, 201), answer.text

    def present(self, apel: Apel, code: str, present: int, of: int = 10, **more: Any) -> None:
        """A report of counts: so many are there, the others unexplained."""
        self.report(apel, code, claim(of, present, unexplained=of - present), **more)

    def after(self, apel: Apel) -> Api:
        """The API at a time when the apel is due: without Zoom it closes an hour after its end."""
        return self.api.at(apel.ends_at + timedelta(minutes=61))

    def finalize(self, apel: Apel) -> None:
        answer = self.after(apel).as_(Role.ADMIN).post(f"/v1/apel/{apel.id}/finalize")
        assert answer.status_code == 200, answer.text

    def scores(self, apel: Apel, role: Role = Role.ADMIN, opd_code: str | None = None) -> dict[str, Any]:
        answer = self.after(apel).as_(role, opd_code).get(f"/v1/apel/{apel.id}/scores")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def points(self, apel: Apel) -> dict[str, float | None]:
        return {row["opd_code"]: row["points"] for row in self.scores(apel)["opd"]}

    def ranks(self, apel: Apel) -> dict[str, int | None]:
        return {row["opd_code"]: row["rank"] for row in self.scores(apel)["opd"]}


@pytest.fixture
def season(api: Api, make: Make) -> Season:
    return Season(api, make)


def lines_of(scores: dict[str, Any], code: str) -> dict[str, dict[str, Any]]:
    [row] = [row for row in scores["opd"] if row["opd_code"] == code]
    return {line["rule"]: line for line in row["lines"]}
