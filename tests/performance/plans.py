"""Plans and achievements over HTTP, as tests need them."""

from typing import Any

import httpx

from app.registry.models import Asn
from tests.client import Api

KTP = "Jumlah KTP elektronik yang diterbitkan"
QUEUE = "Lama antrean warga"


def indicator(
    text: str = KTP, weight: int = 1, *, better: str = "higher", unit: str = "dokumen", **targets: str
) -> dict[str, Any]:
    """`targets` by period, whose dashes are underscores: `m2026_11="100"`."""
    agreed = [{"period": period[1:].replace("_", "-"), "target": target} for period, target in targets.items()]
    said = {"indicator": text, "aspect": "quantity", "unit": unit, "better": better, "weight": weight}
    return said | {"targets": agreed}


def plan(*indicators: dict[str, Any], **more: Any) -> dict[str, Any]:
    rhk = {"rhk": "Terlayaninya warga yang mengurus KTP", "supports": None, "theme": "digitalisation"}
    return {"rhk": [rhk | {"indicators": list(indicators)}]} | more


def address(person: Asn, rest: str = "") -> str:
    return f"/v1/performance/asn/{person.id}{rest}"


def set_plan(caller: Api, person: Asn, body: dict[str, Any], version: int | None = None) -> httpx.Response:
    headers = {} if version is None else {"if-match": f'"{version}"'}
    return caller.put(address(person, "/plans/2026"), body, headers=headers)


def agree(caller: Api, person: Asn, *indicators: dict[str, Any]) -> list[str]:
    """The ids of the indicators of a first plan."""
    answer = set_plan(caller, person, plan(*indicators))
    assert answer.status_code == 200, answer.text
    return [one["id"] for rhk in answer.json()["rhk"] for one in rhk["indicators"]]


def report(caller: Api, indicator_id: str, period: str, actual: str, **more: Any) -> httpx.Response:
    said = {"indicator_id": indicator_id, "period": period, "actual": actual, "evidence": "https://arsip.go.id/1"}
    return caller.post("/v1/performance/achievements", {"items": [said | more]})


def achieve(caller: Api, verifier: Api, indicator_id: str, period: str, actual: str) -> str:
    """Reported and accepted; the id of the achievement."""
    made: str = report(caller, indicator_id, period, actual).json()["items"][0]["id"]
    assert verifier.post(f"/v1/performance/achievements/{made}/verify").status_code == 200
    return made
