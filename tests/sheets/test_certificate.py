"""The certificate of a granted reward as a page."""

from typing import Any
from uuid import uuid4

from app.core.principal import Role
from tests.client import Api
from tests.decisions.test_rewards import DECEMBER, november, propose, rewards
from tests.scoring.conftest import season
from tests.sheets.conftest import text_of

__all__ = ["november", "season"]


def test_a_granted_reward_is_printed_and_an_ungranted_one_is_not(november: Any, api: Api) -> None:
    propose(api)
    best = rewards(api, award="best-opd")["items"][0]
    admin = api.as_(Role.ADMIN).at(DECEMBER)
    asked = {"kind": "certificate", "format": "pdf"}
    for nothing in (best["recommendation"]["id"], str(uuid4())):
        assert admin.post("/v1/sheets", asked | {"decision_id": nothing}).json()["code"] == "decision-not-found"
    letter = {"letter_no": "800/77", "signed_on": "2026-12-01", "signatory": "Bupati Mamuju"}
    granted = admin.post(f"{best['recommendation']['href']}/decide", {"outcome": "grant"} | letter)
    decision_id = granted.json()["decision_id"]
    told = admin.post("/v1/sheets", asked | {"decision_id": decision_id})
    assert told.status_code == 201, told.text
    text = text_of(admin.get(told.json()["file"]).content)
    for said in (
        "PEMERINTAH KABUPATEN MAMUJU",
        "PIAGAM PENGHARGAAN",
        "Nomor: 0001/APEL-PIAGAM/76.02/XII/2026",
        "Dinas Disdik",
        "atas Kehadiran apel terbaik kelompok kecil, November 2026",
        "Bupati Mamuju",
        "keputusan nomor 800/77 tanggal 1 Desember 2026",
    ):
        assert said in text
    assert text.count("\f") == 1
    verified = api.get(f"/v1/verify/{told.json()['code']}").json()
    assert (verified["kind"], verified["day"], verified["totals"], verified["final"]) == (
        *("certificate", "2026-11-30", None, None),
    )
    assert api.as_(Role.INSPECTOR).at(DECEMBER).get(told.json()["file"]).status_code == 404
    bupati = api.as_(Role.BUPATI).at(DECEMBER)
    own = bupati.post("/v1/sheets", asked | {"decision_id": decision_id}).json()
    assert bupati.get(own["file"]).status_code == 200
    assert bupati.get(told.json()["file"]).status_code == 404
