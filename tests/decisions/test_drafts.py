"""Drafts of letters and data of certificates over HTTP."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from docx import Document
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.decisions.letters_loading import title_of_ppk
from app.registry.models import Asn
from tests.client import Api
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import EXAMINED, SUMMONS, Told
from tests.decisions.test_rewards import DECEMBER, november, propose, rewards
from tests.make import Make
from tests.scoring.conftest import season

__all__ = ["november", "season"]
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def told(api: Api, make: Make, run: Any) -> Told:
    """Budi, below a section head, missed five days; a case is open."""
    make.opd("DISDIK", name="Dinas Pendidikan")
    head = make.asn("DISDIK", "Hasan Kepala", level="jpt_pratama", position="Kepala Dinas")
    section = make.asn("DISDIK", "Sari Kasi", level="pengawas", position="Kepala Seksi", superior_id=head.id)
    budi = make.asn("DISDIK", "Budi Pelaksana", level="pelaksana", superior_id=section.id)
    run(keep_ledger(make.session, budi, SOME_DAYS))
    story = Told(api.as_(Role.ADMIN).at(NOW), budi)
    story.opens()
    return story


def ask(told: Told, kind: str, caller: Api | None = None) -> httpx.Response:
    return (caller or told.admin).get(f"/v1/cases/{told.case['id']}/letters/{kind}")


def written(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    document = Document(BytesIO(answer.content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    heads = (paragraph.text for paragraph in document.sections[0].header.paragraphs)
    return "\n".join([*heads, *(paragraph.text for paragraph in document.paragraphs), *cells])


def test_each_letter_is_drafted_when_its_step_has_come_and_not_before(told: Told, run: Any, make: Make) -> None:
    for early in ("panggilan-2", "bap", "lhp", "sk"):
        assert (ask(told, early).status_code, ask(told, early).json()["code"]) == (409, "letter-too-early")
    assert "SURAT PANGGILAN I" in written(ask(told, "panggilan-1"))
    told.tells(**SUMMONS)
    assert ask(told, "sk").status_code == 409
    minutes = written(ask(told, "bap"))
    assert "Senin, 5 Oktober 2026" in minutes
    told.tells(**EXAMINED)
    report, decision = written(ask(told, "lhp")), ask(told, "sk")
    assert "pada Kamis, 22 Oktober 2026 telah dilakukan pemeriksaan" in report
    text = written(decision)
    for expected in (
        "DRAF – belum bernomor dan belum ditandatangani · RAHASIA",
        "DINAS PENDIDIKAN",
        "KEPUTUSAN KEPALA SEKSI",
        "berupa “Teguran tertulis” kepada:",
        "Budi Pelaksana",
        told.person.nip,
        "selama 5 hari kerja (5 Oktober 2026 s.d. 15 Oktober 2026)",
        "hari kerja ke-15",
        "Sumber ini belum diverifikasi",
        "Kewenangan: PP 94/2021 Ps 16-39; PerBKN 6/2022; PP 79/2021 (belum diverifikasi).",
        "Hari mulai berlaku: PP 94/2021 Ps 38 dan 39; PerBKN 6/2022 Ps 50 (1) (belum diverifikasi).",
    ):
        assert expected in text, expected
    assert decision.headers["content-type"] == DOCX
    name = f"DRAF-sk-{told.case['id']}.docx"
    assert decision.headers["content-disposition"] == f'attachment; filename="{name}"'
    kept = select(AuditEntry.detail, AuditEntry.target).where(AuditEntry.action == "decisions.draft-letter")
    rows = [tuple(row) for row in run(make.session.execute(kept.order_by(AuditEntry.id)))]
    assert rows == [({"letter": kind}, told.case["id"]) for kind in ("panggilan-1", "bap", "lhp", "sk")]


def test_who_never_came_is_summoned_again_and_judged_on_the_evidence(told: Told) -> None:
    told.tells(**SUMMONS)
    told.tells(kind="absent_1", on="2026-10-22")
    assert "menyusul Surat Panggilan I tanggal 19 Oktober 2026" in written(ask(told, "panggilan-2"))
    told.tells(kind="summons_2", on="2026-10-23", letter_no="800/3", examination_on="2026-10-30")
    told.tells(kind="absent_2", on="2026-10-30")
    assert "dua kali dipanggil dan tidak hadir" in written(ask(told, "sk"))


def test_letters_are_for_those_who_handle_the_case_alone(told: Told, api: Api) -> None:
    def by(*roles: Role, asn: Asn | None = None, reach: frozenset[str] | None = frozenset()) -> int:
        grants = tuple(Grant(role, None, reach) for role in roles)
        caller = api.by(Principal(uuid4(), "uji", grants, asn_id=asn.id if asn else None))
        return ask(told, "panggilan-1", caller).status_code

    disdik = frozenset({"DISDIK"})
    assert by(Role.OPD_HEAD, reach=disdik) == 200
    assert by(Role.INSPECTOR, reach=None) == 200
    assert by(Role.OPD_HEAD, reach=frozenset({"DINKES"})) == 404
    assert by(Role.OPD_HEAD, asn=told.person, reach=disdik) == 403
    assert by(Role.ASN, asn=told.person) == 403
    assert by(Role.OPD_OPERATOR, reach=disdik) == 403
    assert by(Role.READER, reach=None) == 403
    assert told.admin.get(f"/v1/cases/{uuid4()}/letters/sk").status_code == 404


def test_a_granted_reward_has_a_certificate_and_a_punishment_has_none(november: Any, api: Api) -> None:
    propose(api)
    [best] = rewards(api, award="best-opd")["items"]
    letter = {"letter_no": "800/77", "signed_on": "2026-12-01", "signatory": "Bupati Mamuju"}
    admin = api.as_(Role.ADMIN).at(DECEMBER)
    granted = admin.post(f"{best['recommendation']['href']}/decide", {"outcome": "grant"} | letter)
    assert granted.status_code == 200, granted.text
    decision_id = granted.json()["decision_id"]
    body = admin.get(f"/v1/decisions/{decision_id}/certificate").json()
    lines = body.pop("lines")
    assert [line["text"] for line in lines] == [best["lines"][0]["text"]]
    assert body == letter | {
        "decision_id": decision_id,
        "award": "best-opd",
        "title": "Kehadiran apel terbaik kelompok kecil, November 2026",
        "name": "Dinas Disdik",
        "opd_code": "DISDIK",
        "opd_name": "Dinas Disdik",
        "period": "2026-11",
        "from": "2026-11-01",
        "to": "2026-11-30",
        "instansi": "Pemerintah Kabupaten Mamuju",
        "policy": "apel-dasar@1",
        "sample": False,
    }
    again = propose(api)
    assert (again["proposed"], again["new"], again["withdrawn"]) == (10, 0, 0)
    assert rewards(api, award="best-opd")["items"][0]["recommendation"]["state"] == "taken"
    assert admin.get(f"/v1/decisions/{uuid4()}/certificate").status_code == 404


@pytest.mark.parametrize(
    ("instansi", "title"),
    [
        ("Pemerintah Kabupaten Mamuju", "Bupati Mamuju"),
        ("Pemerintah Kota Bogor", "Wali Kota Bogor"),
        ("Pemkab Mamuju", "Pejabat Pembina Kepegawaian"),
    ],
)
def test_the_ppk_is_called_as_the_government_is(instansi: str, title: str) -> None:
    assert title_of_ppk(instansi) == title
