"""A Monday of four OPDs to be printed: one that names, one that only counts, one late, one silent."""

import csv
import re
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

HOSTILE = "<img src=x onerror=alert(1)> \u202eSiti A" + "\u0301" * 200
"""As a name that came in before names were refused for such signs."""


class Monday(Story):
    """A story with sheets."""

    def issue(self, role: Role = Role.ADMIN, of: str | None = None, **asked: Any) -> httpx.Response:
        return self._ask(self.api.as_(role, of).at(asked.pop("at", DUE)), asked)

    def sheet(self, role: Role = Role.ADMIN, of: str | None = None, **asked: Any) -> tuple[dict[str, Any], bytes]:
        """The sheet as it is told of, and its bytes."""
        caller = self.api.as_(role, of).at(asked.pop("at", DUE))
        answer = self._ask(caller, asked)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        assert answer.headers["location"] == f"/v1/sheets/{told['id']}"
        file = caller.get(told["file"])
        assert file.status_code == 200, file.text
        return told, file.content

    def _ask(self, caller: Api, asked: dict[str, Any]) -> httpx.Response:
        separator = asked.pop("separator", ",")
        return caller.post(self.path("sheets"), {"format": "pdf"} | asked, params={"separator": separator})


@pytest.fixture
def monday(api: Api, make: Make) -> Monday:
    """BKPP names (two PNS, a PPPK, a PPPK paruh waktu), SETDA only counts, DISDIK is late, DINKES is silent."""
    make.opd("SETDA", protocol_order=1, name="Sekretariat Daerah")
    make.opd("BKPP", protocol_order=2, name="Badan Kepegawaian")
    make.opd("DISDIK", protocol_order=3, name="Dinas Pendidikan")
    make.opd("DINKES", protocol_order=4, name="Dinas Kesehatan")
    people = {
        name: make.asn("BKPP", name, nip=nip, employment_type=kind)
        for name, nip, kind in (
            ("Ani Hadir", "198501012010012001", "PNS"),
            ("Budi Alpa", "198501012010011002", "PNS"),
            ("Citra Sakit", "199001012022012003", "PPPK"),
            (HOSTILE, "199101012025012004", "PPPK_PW"),
        )
    }
    make.asn("DINKES", "Dina Sunyi", nip="198601012010012005")
    make.asn("DISDIK", "Eko Hadir", nip="198701012010011006")
    make.absence(people["Citra Sakit"], "CS", letter_no="SC 12/2026")
    story = Monday(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.ends()
    said = naming(
        claim(4, 1, unexplained=1, CS=1, DL=1),
        (people["Budi Alpa"], "TK", None),
        (people["Citra Sakit"], "CS", None),
        (people[HOSTILE], "DL", None),
    )
    said["entries"][2]["note"] = "=HYPERLINK(1)"
    story.reports("BKPP", said)
    story.reports("SETDA", claim(10, 7, wfa=1, DL=2))
    story.reports("DISDIK", naming(claim(1, 1)), at=MONDAY + timedelta(minutes=70))
    return story


def cells(content: bytes, *, values: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content), data_only=values)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


def row_of(rows: list[tuple[Any, ...]], name: str) -> tuple[Any, ...]:
    return next(row for row in rows if name in row)


def lines(content: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=separator))


def calculated(content: bytes, directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What LibreOffice makes of a workbook's formulas alone: the values beside them are taken out before."""
    program = which("soffice") or which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice tidak ditemukan: rumus lembar tidak dihitung ulang. / No LibreOffice.")
    plain = directory / "lembar.xlsx"
    book = load_workbook(BytesIO(content))
    book.save(plain)
    with zipfile.ZipFile(plain) as kept:
        assert not re.search(rb"</f><v>[^<]", kept.read("xl/worksheets/sheet1.xml"))
    profile = f"-env:UserInstallation=file://{directory / 'profile'}"
    subprocess.run(
        [program, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "out", str(plain)],
        cwd=directory,
        check=True,
        capture_output=True,
        timeout=110,
    )
    return cells((directory / "out" / "lembar.xlsx").read_bytes())


def text_of(content: bytes, *, layout: bool = True) -> str:
    """The text of a PDF, page by page."""
    program = which("pdftotext")
    if program is None:
        pytest.skip("pdftotext tidak ditemukan: teks PDF tidak diperiksa. / No pdftotext.")
    options = ["-layout"] if layout else []
    done = subprocess.run([program, *options, "-", "-"], input=content, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()
