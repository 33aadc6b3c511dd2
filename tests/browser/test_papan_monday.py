"""A Monday on the wall, step by step, at three sizes and in both themes, as a real browser shows it.

With `APEL_PICTURES=folder` every step leaves its pictures there; `papan.png` is the one in the README.
"""

import re
import signal
from collections import deque
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import LOCALE, SIZES, window
from tests.browser.looking import (
    PICTURES,
    assert_accessible,
    assert_contrast,
    assert_fits,
    assert_whole,
    assert_within,
    collect_errors,
    picture,
)
from tests.browser.regency import BLANK, CODES, LAST, MONDAY, NUMBER, Regency
from tests.system.town import chosen

pytestmark = pytest.mark.system


class Viewers:
    """The wall in the hall, the Bupati's desk, and an operator's phone, looking at the same moment."""

    def __init__(self, mamuju: Regency, contexts: list[BrowserContext]) -> None:
        self.base = str(mamuju.town.client.base_url)
        self.mamuju = mamuju
        self.errors: list[list[str]] = []
        self.wall, self.desk, self.phone = (self._open(context) for context in contexts)
        self._turns = deque((name, theme) for theme in ("light", "dark") for name in ("wall", "phone", "office"))
        self.all = {"wall": self.wall, "office": self.desk, "phone": self.phone}

    def _open(self, context: BrowserContext) -> Page:
        page = context.new_page()
        self.errors.append(collect_errors(page))
        page.goto(f"{self.base}/papan")
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
            expect(page.locator(selector)).to_contain_text(words)

    def tile(self, code: str, look: str, word: str) -> None:
        for page in self.all.values():
            tile = page.locator(f'.tile[data-code="{code}"]')
            expect(tile).to_have_attribute("data-look", look)
            expect(tile.locator(".word")).to_have_text(word)

    def look(self, moment: str, *pages: Page) -> None:
        """Nothing wider than the screen and contrast enough in either theme.

        axe takes two seconds for each: it looks at two of the six in turn, and at all where pictures are taken.
        """
        asked = (self._turns.popleft(), self._turns.popleft())
        self._turns.extend(asked)
        for name, page in self.all.items():
            if pages and page not in pages:
                continue
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                assert_fits(page)
                assert_within(page, ".cell .number")
                assert_whole(page, "#title, #where, #totals .detail, #heads, #evidence")
                picture(page, f"{moment}-{name}-{theme}")
                assert_contrast(page)
                if PICTURES or (name, theme) in asked:
                    assert_accessible(page)
            page.emulate_media(color_scheme="light")


@pytest.fixture(scope="module")
def viewers(mamuju: Regency, browser: Browser) -> Iterator[Viewers]:
    contexts = [browser.new_context(**window(size), **LOCALE) for size in SIZES]
    yield Viewers(mamuju, contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def path(mamuju: Regency) -> str:
    return f"/v1/apel/{mamuju.schedule(MONDAY, zoom_meeting_ids=[NUMBER])}"


ROOMS = [code for code in CODES if code not in BLANK | {"DISPAR", "DISDAG"}]


def test_before_any_apel_the_wall_says_so(viewers: Viewers) -> None:
    viewers.enter()
    viewers.shows("#stage", "Belum ada apel yang dijadwalkan")
    viewers.look("kosong")


def test_on_other_days_the_last_apel_is_shown_as_final(mamuju: Regency, viewers: Viewers) -> None:
    mamuju.hold_earlier("2026-11-09")
    mamuju.hold_earlier(LAST)
    viewers.shows("#stamp", "FINAL")
    viewers.shows("#head", "Senin, 16 November 2026")


def test_at_a_quarter_to_seven_the_day_begins_without_old_figures(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.at("06:45")
    viewers.shows("#stage", "Apel dimulai 07.30")
    viewers.shows("#tiles", "menunggu")
    viewers.shows("#head", "Senin, 23 November 2026")
    for page in viewers.all.values():
        expect(page.locator("#totals")).to_be_hidden()
    expect(viewers.wall.locator(".lights")).to_contain_text("Belum pernah ada peristiwa Zoom")
    expect(viewers.phone.locator(".lights")).to_be_hidden()
    viewers.look("siaga")


def test_rooms_arrive(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.at("07:27")
    mamuju.zoom(mamuju.meeting.started(mamuju.town.instant(f"{MONDAY} 07:22")))
    for number, code in enumerate(ROOMS[:30]):
        mamuju.joins(code, f"07:23:{number:02d}")
    viewers.shows("#stage", "30 / 60")
    viewers.tile("SETDA", "room", "terhubung")
    viewers.tile("DISPAR", "wait", "menunggu")
    viewers.tile("BONEHAU", "blank", "blank spot")
    viewers.look("ruang")


def test_the_leader_is_late_and_the_deadline_moves(mamuju: Regency, viewers: Viewers, path: str) -> None:
    for code in ROOMS[30:]:
        mamuju.joins(code, "07:27")
    mamuju.at("07:31")
    tag = mamuju.kominfo.send("GET", path).headers["etag"]
    moved = {"report_deadline": mamuju.town.instant(f"{MONDAY} 08:45").isoformat()}
    mamuju.kominfo.ask("PATCH", path, moved, headers={"if-match": tag})
    mamuju.reports(path.rpartition("/")[2], ROOMS[:24])
    viewers.shows("#stage", "24 / 60")
    viewers.shows("#stage", "dipindah, semula 08.30")
    viewers.wall.evaluate("localStorage.clear()")
    viewers.wall.reload()  # as after a power cut, on a television that keeps nothing
    viewers.shows("#stage", "dipindah, semula 08.30")
    viewers.tile("SETDA", "good", "lapor")
    viewers.look("datang")


def test_whose_turn_it_is_and_who_follows(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.at("07:34")
    apel_id = path.rpartition("/")[2]
    mamuju.reports(apel_id, ROOMS[24:48])
    mamuju.phones(apel_id, "KALUMPANG", "Camat Kalumpang")
    after = None
    for number in range(4):
        after = mamuju.kominfo.post(f"{path}/turns/next", {"after": after})["current"]
        if number < 3:
            mamuju.kominfo.post(f"{path}/turns/{after}/answer", {"as_written": True})
    viewers.shows("#stage", "Dinas Pendidikan, Kepemudaan dan Olahraga")
    viewers.shows("#stage", "Berikut: DINKES · DPUPR · PERKIM")
    viewers.shows("#voice", "Giliran: Dinas Pendidikan, Kepemudaan dan Olahraga.")
    viewers.tile("KALUMPANG", "good", "telepon")
    expect(viewers.wall.get_by_role("timer")).to_have_text(re.compile(r"^00\.\d\d$"))
    viewers.look("giliran")


def test_spoken_otherwise_than_written_stands_side_by_side(mamuju: Regency, viewers: Viewers, path: str) -> None:
    written = mamuju.report("DISDIKPORA", named=False)
    more = {
        "strength": written["strength"] + 2,
        "present": {**written["present"], "wfo": written["present"]["wfo"] + 2},
    }
    mamuju.kominfo.post(f"{path}/turns/DISDIKPORA/answer", written | more)
    viewers.shows("#stage", "Berbeda 2 orang")
    viewers.shows(".sign", "≠")
    viewers.tile("DISDIKPORA", "look", "periksa")
    viewers.look("beda")
    picture(viewers.wall, "papan", scale=0.7)


def test_a_gap_of_zoom_is_told_and_judged_by_nobody(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.at("07:52")
    viewers.shows("#evidence", "Jeda tidak dinilai")
    viewers.look("jeda")


def test_silence_greys_the_board_while_the_clock_goes_on(mamuju: Regency, viewers: Viewers, path: str) -> None:
    viewers.shows("#time", "07.5")  # all have heard that it is later: what they hold is of now
    # The line is open, and nothing comes: a server that hangs, a proxy that forgot.
    mamuju.town.process.send_signal(signal.SIGSTOP)
    try:
        viewers.shows("#stamp", "data per 07.5")
        before = viewers.wall.locator("#time").text_content()
        expect(viewers.wall.locator("#time")).not_to_have_text(before or "")
        viewers.look("lama")
    finally:
        mamuju.town.process.send_signal(signal.SIGCONT)
    viewers.shows("#stamp", "SEMENTARA")


def test_past_the_deadline_silence_is_told_apart(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.at("08:46")
    mamuju.zoom(mamuju.meeting.ended(mamuju.town.instant(f"{MONDAY} 08:15")))
    viewers.shows("#stage", "Tenggat 08.45 lewat")
    for page in viewers.all.values():
        numbers = page.locator("[data-panel=split] .number")
        expect(numbers).to_have_text(["7", "2", "2", "1"])
    viewers.tile("DISPAR", "bad", "belum lapor")
    viewers.tile("BONEHAU", "look", "blank spot")
    viewers.look("tenggat")


def test_final_is_stamped_and_compared_like_for_like(mamuju: Regency, viewers: Viewers, path: str) -> None:
    mamuju.town.admin.post(f"{path}/finalize", {"reason": "rekap selesai"})
    viewers.shows("#stamp", "FINAL")
    viewers.shows("#stage", "OPD yang sama, dibanding apel lalu")
    viewers.shows("#stage", "Paling naik")
    viewers.shows("#stage", "Tidak ada perubahan sejak final")
    viewers.look("final")


def test_nobodys_console_told_of_an_error(viewers: Viewers) -> None:
    assert [one for told in viewers.errors for one in told if "401" not in one and "ERR_" not in one] == []
