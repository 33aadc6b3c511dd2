"""A case told over HTTP by the personnel office, step by step."""

from collections.abc import Sequence
from typing import Any

from app.registry.models import Asn
from tests.client import Api

Event = dict[str, Any]
SIGNED: Event = {"letter_no": "800/31", "signatory": "Kepala Bidang Umum"}
SUMMONS: Event = {
    "kind": "summons_1",
    "on": "2026-10-19",
    "letter_no": "800/1",
    "examination_on": "2026-10-22",
}
EXAMINED: Event = {
    "kind": "examined",
    "on": "2026-10-22",
    "letter_no": "800/2",
    "examiner": "Kepala Bidang Umum",
}


class Told:
    """One person's recommendation and case."""

    def __init__(self, admin: Api, person: Asn) -> None:
        self.admin, self.person = admin, person
        self.recommendation: dict[str, Any] = {}
        self.case: dict[str, Any] = {}

    def recommended(self) -> dict[str, Any]:
        answer = self.admin.post("/v1/recommendations", {"from": {"kind": "workdays", "id": str(self.person.id)}})
        assert answer.status_code == 201, answer.text
        self.recommendation = answer.json()
        return self.recommendation

    def decide(self, caller: Api | None = None, **body: Any) -> Any:
        return (caller or self.admin).post(f"/v1/recommendations/{self.recommendation['id']}/decide", body)

    def opens(self, on: str = "2026-10-19") -> dict[str, Any]:
        self.recommended()
        answer = self.decide(outcome="open_case", on=on)
        assert answer.status_code == 200, answer.text
        self.case = self.admin.get(f"/v1/cases/{answer.json()['case_id']}").json()
        return self.case

    def send(self, caller: Api | None = None, **event: Any) -> Any:
        return (caller or self.admin).post(f"/v1/cases/{self.case['id']}/events", event)

    def tells(self, **event: Any) -> dict[str, Any]:
        answer = self.send(**event)
        assert answer.status_code == 200, answer.text
        self.case = answer.json()
        return self.case

    def examined(self) -> None:
        self.opens()
        self.tells(**SUMMONS)
        self.tells(**EXAMINED)

    def decided(self, code: str, days: Sequence[Any], on: str = "2026-10-26", **more: Any) -> dict[str, Any]:
        body = {"code": code, "variant": "tukin", "days": [str(day) for day in days]} | SIGNED | more
        self.tells(kind="decided", on=on, **body)
        decision: dict[str, Any] = self.admin.get(f"/v1/decisions/{self.case['decision_id']}").json()
        return decision

    def delivered(self, code: str, days: Sequence[Any], on: str = "2026-10-27") -> dict[str, Any]:
        self.examined()
        decision = self.decided(code, days)
        self.tells(kind="delivered", on=on)
        return decision
