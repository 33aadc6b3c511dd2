"""Valid requests for the endpoints of output that write."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.system.example import V1, Example
from tests.system.world import World

INDICATOR = {
    "id": None,
    "indicator": "Jumlah KTP elektronik yang diterbitkan",
    "aspect": "quantity",
    "unit": "dokumen",
    "better": "higher",
    "weight": 40,
    "targets": [{"period": "2026-11", "target": "100"}],
}
RHK = {"rhk": "Terlayaninya warga", "supports": "Tertib", "theme": "poverty", "indicators": [INDICATOR]}
PLAN = {"rhk": [RHK], "reason": "uji"}
PLANS_FILE = "nip,rhk,indikator,aspek,satuan,target,periode\n{nip},Jalan desa,Panjang jalan,kuantitas,km,5,2026-11\n"


def _plan(world: World) -> dict[str, Any]:
    path = f"/v1/performance/asn/{world.siti.id}/plans/2026"
    read: dict[str, Any] = world.as_(Role.ADMIN).put(path, PLAN).json()
    return read


def _planned(world: World) -> Example:
    plan = _plan(world)
    changed = INDICATOR | {"id": plan["rhk"][0]["indicators"][0]["id"], "weight": 50}
    body = PLAN | {"rhk": [RHK | {"indicators": [changed]}]}
    return Example({"asn_id": world.siti.id, "year": 2026}, body, headers=V1)


def _reported(world: World) -> Example:
    indicator = _plan(world)["rhk"][0]["indicators"][0]["id"]
    said = {"indicator_id": indicator, "period": "2026-11", "actual": "50", "evidence": "https://arsip.go.id/1"}
    return Example(json={"items": [said | {"note": "uji"}]})


def _achievement(body: Any = None) -> Callable[[World], Example]:
    def reported(world: World) -> Example:
        made = world.as_(Role.ADMIN).post("/v1/performance/achievements", _reported(world).json).json()
        return Example({"achievement_id": made["items"][0]["id"]}, body)

    return reported


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "PUT /v1/performance/asn/{asn_id}/plans/{year}": _planned,
    "POST /v1/performance/achievements": _reported,
    "POST /v1/performance/achievements/{achievement_id}/verify": _achievement(),
    "POST /v1/performance/achievements/{achievement_id}/return": _achievement({"reason": "uji"}),
    "PUT /v1/performance/asn/{asn_id}/evaluations/{period}": lambda world: Example(
        {"asn_id": world.siti.id, "period": "2026-10"},
        {"results": "meets", "behaviour": "above", "note": "uji", "reason": "uji"},
    ),
    "POST /v1/performance/imports": lambda world: Example(
        file=PLANS_FILE.format(nip=world.siti.nip).encode(),
        form={"kind": "plans", "preview": "false", "reason": "uji"},
    ),
    "PUT /v1/performance/imports/{kind}/mapping": lambda _: Example(
        {"kind": "plans"}, {"headers": {"NIP Pegawai": "nip"}}
    ),
}
