"""A Monday on the wall, step by step, at three sizes and in both themes, as a real browser shows it.

With `APEL_PICTURES=folder` every step leaves its pictures there; `papan.png` of the README is the turn on the wall.
"""

import os
import re
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible, assert_contrast, assert_fits, collect_errors
from tests.browser.regency import BLANK, CODES, LAST, MONDAY, Regency
from tests.system.town import chosen

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
PICTURES = os.environ.get("APEL_PICTURES")
SOON = 15_000


class Viewers:
    """The wall in the hall, the Bupati's desk, and an operator's phone, looking at the same moment."""

    def __init__(self, mamuju: Regency, opened: Opener) -> None:
        self.base = str(mamuju.town.client.base_url)
        self.mamuju = mamuju
        self.errors: list[list[str]] = []
        self.wall = self._open(opened("wall"))
        self.desk = self._open(opened("office"))
        self.phone = self._open(opened("phone"))
        self._turns = deque((name, theme) for theme in ("light", "dark") for name in ("wall", "phone", "office"))
        self.all = {"wall": self.wall, "office": self.desk, "phone": self.phone}

    def _open(self, context: Any) -> Page:
        page: Page = context.new_page()
        page.goto(f"{self.base}/papan")
        self.errors.append(collect_errors(page))
        return page

    def enter(self) -> None:
        self.wall.get_by_role("button", name="Pasang di layar ini").click()
        code = self.wall.locator(".pairing .code")
        expect(code).to_have_text(re.compile(r"^\w{3} \w{3}$"))
        self.look("kode", self.wall)
        self.mamuju.kominfo.post("/v1/screens", {"code": code.text_content(), "name": "layar-aula"})
        for page, username in ((self.desk, "bupati"), (self.phone, "op.20")):
            page.get_by_label("Nama pengguna").fill(username)
            page.get_by_label("Kata sandi").fill(chosen(username))
            page.get_by_role("button", name="Masuk", exact=True).click()

    def shows(self, selector: str, words: str | re.Pattern[str]) -> None:
        for page in self.all.values():
            expect(page.locator(selector)).to_contain_text(words, timeout=SOON)

    def look(self, moment: str, *pages: Page) -> None:
        """Nothing wider than the screen and contrast enough in either theme; axe looks at two of the six in turn."""
        asked = (self._turns.popleft(), self._turns.popleft())
        self._turns.extend(asked)
        for name, page in self.all.items():
            if pages and page not in pages:
                continue
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                assert_fits(page)
                if PICTURES:
                    page.wait_for_timeout(400)
                    page.screenshot(path=Path(PICTURES, f"{moment}-{name}-{theme}.png"))
                assert_contrast(page)
                if (name, theme) in asked:
                    assert_accessible(page)
            page.emulate_media(color_scheme="light")


def test_a_monday_on_the_wall(mamuju: Regency, opened: Opener) -> None:
    viewers = Viewers(mamuju, opened)
    viewers.enter()
    viewers.shows("#stage", "Belum ada apel yang dijadwalkan")
    viewers.look("kosong")

    mamuju.hold_earlier("2026-11-09")
    mamuju.hold_earlier(LAST)
    viewers.shows("#stamp", "FINAL")

    apel_id = mamuju.schedule(MONDAY, zoom_meeting_ids=["86084701483"])
    path = f"/v1/apel/{apel_id}"
    mamuju.at("06:45")
    viewers.shows("#stage", "Apel dimulai 07.30")
    viewers.shows("#tiles", "menunggu")
    viewers.look("siaga")

    mamuju.at("07:27")
    mamuju.zoom(mamuju.meeting.started(mamuju.town.instant(f"{MONDAY} 07:22")))
    rooms = [code for code in CODES if code not in BLANK | {"DISPAR", "DISDAG"}]
    for number, code in enumerate(rooms[:30]):
        mamuju.joins(code, f"07:23:{number:02d}")
    viewers.shows("#units", "terhubung")
    viewers.look("ruang")

    for code in rooms[30:]:
        mamuju.joins(code, "07:27")
    mamuju.at("07:31")
    deadline = mamuju.town.instant(f"{MONDAY} 08:45").isoformat()
    tag = mamuju.kominfo.send("GET", path).headers["etag"]
    mamuju.kominfo.ask("PATCH", path, {"report_deadline": deadline}, headers={"if-match": tag})
    viewers.shows("#stage", "Ruang terhubung")
    mamuju.reports(apel_id, rooms[:24])
    viewers.shows("#stage", "24 / 60")
    viewers.look("datang")

    mamuju.at("07:34")
    mamuju.reports(apel_id, rooms[24:48])
    mamuju.phones(apel_id, "KALUMPANG", "Camat Kalumpang")
    after = None
    for number in range(4):
        after = mamuju.kominfo.post(f"{path}/turns/next", {"after": after})["current"]
        if number < 3:
            mamuju.kominfo.post(f"{path}/turns/{after}/answer", {"as_written": True})
    viewers.shows("#stage", "Dinas Pendidikan, Kepemudaan dan Olahraga")
    viewers.look("giliran")
    spoken = mamuju.report("DISDIKPORA")
    spoken["strength"] += 2
    for given in ("entries", "entries_are"):
        del spoken[given]
    spoken["present"] = spoken["present"] | {"wfo": spoken["present"]["wfo"] + 2}
    mamuju.kominfo.post(f"{path}/turns/DISDIKPORA/answer", spoken)
    viewers.shows("#stage", "Berbeda 2 orang")
    viewers.look("beda")

    mamuju.at("07:52")
    viewers.shows("#evidence", "Jeda tidak dinilai")
    viewers.look("jeda")

    for page in viewers.all.values():
        page.context.set_offline(True)
    viewers.shows("#stamp", "data per 07.52")
    viewers.look("lama")
    for page in viewers.all.values():
        page.context.set_offline(False)

    mamuju.at("08:46")
    mamuju.zoom(mamuju.meeting.ended(mamuju.town.instant(f"{MONDAY} 08:15")))
    viewers.shows("#stage", "Tenggat 08.45 lewat")
    viewers.look("tenggat")

    mamuju.town.admin.post(f"{path}/finalize", {"reason": "rekap selesai"})
    viewers.shows("#stamp", "FINAL")
    viewers.look("final")
