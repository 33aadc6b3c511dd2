"""An operator's Monday on an old phone: tapped, looked at, sent, read aloud, amended."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible, assert_fits, collect_errors
from tests.browser.yard import Yard, lossy_line, sign_in

pytestmark = pytest.mark.system
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => { window.taps += event.isTrusted; }, true);"
SIX = {
    "Budi Santoso Disdik 2": "WFA dari Zoom",
    "Rahma Wati Disdik 3": "DL Dinas luar",
    "Gunawan Saleh Disdik 4": "S Sakit",
    "Andi Baso Disdik 5": "I Izin",
    "Nurhayati Disdik 6": "CT Cuti tahunan",
    "Yusuf Daeng Disdik 7": "TK Tanpa keterangan",
}


def enter(context: BrowserContext, username: str) -> Page:
    """The page of somebody who has just signed in."""
    page = context.new_page()
    page.goto("/lapor")
    sign_in(page, username)
    page.locator("header.head").wait_for()
    return page


def mark(page: Page, name: str, code: str) -> None:
    page.get_by_role("button", name=f"{name},").tap()
    page.get_by_role("dialog").get_by_role("button", name=code, exact=True).tap()


def send(page: Page) -> None:
    page.get_by_role("button", name="Periksa & kirim").tap()
    page.locator("#send").tap()


def phone(opened: Opener, yard: Yard, theme: str = "light") -> BrowserContext:
    return opened("phone", theme, has_touch=True, base_url=yard.url)


def test_37_people_with_six_exceptions_are_reported_in_14_taps(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    context.add_init_script(COUNT_TAPS)
    page = enter(context, yard.operator("DISDIK"))
    expect(page.locator("#sums")).to_have_text("37 wajib = 37 hadir")
    before = page.evaluate("taps")
    for name, code in SIX.items():
        mark(page, name, code)
    expect(page.locator("#sums")).to_have_text("37 wajib = 32 hadir + 4 keterangan + 1 TK")
    send(page)
    expect(page.get_by_role("heading", name="Laporan diterima")).to_be_visible()
    # Two for each exception, one to look at the whole, one to send it.
    assert page.evaluate("taps") - before == 14

    report = yard.report("DISDIK")
    named = {entry["name"]: (entry["status"], entry["mode"]) for entry in report["entries"]}
    codes = [("H", "wfa"), ("DL", None), ("S", None), ("I", None), ("CT", None), ("TK", None)]
    assert named == dict(zip(SIX, codes, strict=True))
    assert {name: report[name] for name in ("version", "strength", "present", "excused", "unexplained", "late")} == {
        "version": 1,
        "strength": 37,
        "present": {"wfo": 31, "wfa": 1},
        "excused": {"DL": 1, "S": 1, "I": 1, "CT": 1},
        "unexplained": 1,
        "late": False,
    }
    expect(page.locator(".receipt")).to_contain_text(re.compile(r"Versi 1 · 07\.[23]\d\."))
    expect(page.locator(".words")).to_contain_text("jumlah pegawai 37, kurang 5, hadir 32")
    assert page.get_by_role("link", name="Gabung Zoom").get_attribute("href") == "https://zoom.us/j/86084701483"
    assert page.locator("#join-name").input_value() == "[DISDIK] Ruang Rapat"


def test_a_letter_that_is_confirmed_is_tapped_already_and_setting_it_aside_is_shown(yard: Yard, opened: Opener) -> None:
    username = yard.operator("PERTANIAN")
    travels = {"asn_id": yard.person("PERTANIAN", 1), "code": "DL", "from": "2026-11-23", "to": "2026-11-23"}
    yard.town.admin.post("/v1/absences", travels | {"letter_no": "ST 090/12", "state": "confirmed"})
    page = enter(phone(opened, yard), username)
    expect(page.locator("#sums")).to_have_text("8 wajib = 7 hadir + 1 keterangan")
    mark(page, "Siti Aminah Pertanian 1", "Hadir di kantor")
    page.get_by_role("button", name="Periksa & kirim").tap()
    expect(page.locator(".diff")).to_have_text("Siti Aminah Pertanian 1: Dinas luar → Hadir di kantor")
    page.get_by_role("button", name="Tambah satu").tap()
    page.locator("#send").tap()
    expect(page.get_by_role("heading", name="Laporan diterima")).to_be_visible()
    report = yard.report("PERTANIAN")
    assert (report["entries"], report["present"], report["others"]) == ([], {"wfo": 8, "wfa": 0}, 1)


def test_a_returned_report_is_amended_with_a_reason_that_is_tapped(yard: Yard, opened: Opener) -> None:
    page = enter(phone(opened, yard), yard.operator("DISKOMINFO"))
    mark(page, "Siti Aminah Diskominfo 1", "TK Tanpa keterangan")
    send(page)
    page.get_by_role("heading", name="Laporan diterima").wait_for()
    path = f"/v1/apel/{yard.apel_id}/reports/DISKOMINFO/return"
    yard.town.admin.post(path, {"reason": "Surat tugasnya ada"}, headers={"if-match": '"1"'})
    page.get_by_role("button", name="Perbarui data").tap()
    expect(page.get_by_text("Surat tugasnya ada")).to_be_visible()

    page.get_by_role("button", name="Perbaiki laporan").tap()
    mark(page, "Siti Aminah Diskominfo 1", "DL Dinas luar")
    send(page)
    expect(page.get_by_role("alert")).to_have_text("Pilih alasan perubahan dahulu.")
    page.get_by_role("button", name="Sesuai pengembalian").tap()
    page.locator("#send").tap()
    expect(page.locator(".receipt")).to_contain_text("Versi 2")
    newest, first = yard.versions("DISKOMINFO")
    assert (newest["reason"], newest["excused"], newest["unexplained"]) == ("Sesuai pengembalian", {"DL": 1}, 0)
    assert first["unexplained"] == 1


def test_a_report_that_somebody_else_sent_meanwhile_is_laid_beside_the_own_one(yard: Yard, opened: Opener) -> None:
    page = enter(phone(opened, yard), yard.operator("DPMPTSP"))
    mark(page, "Siti Aminah Dpmptsp 1", "S Sakit")
    counts = {"strength": 8, "present": {"wfo": 7, "wfa": 0}, "excused": {}, "unexplained": 1}
    told = counts | {"channel": "phone", "caller": "Kepala Dinas"}
    yard.kominfo.put(f"/v1/apel/{yard.apel_id}/reports/DPMPTSP", told)
    send(page)
    expect(page.get_by_role("heading", name="Unit ini sudah dilaporkan lebih dahulu")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("lewat telepon, oleh kominfo")
    assert [row.inner_text().split("\t") for row in page.locator("tr.differs").all()] == [
        ["Keterangan", "0", "1 ≠"],
        ["TK", "1", "0 ≠"],
        ["S · Sakit", "0", "1 ≠"],
    ]
    assert_accessible(page)
    assert len(yard.versions("DPMPTSP")) == 1, "nothing is overwritten unseen"

    page.get_by_role("button", name="Kirim milik saya sebagai perubahan").tap()
    page.get_by_role("button", name="Periksa & kirim").tap()
    page.get_by_role("button", name="Jumlah diperbaiki").tap()
    page.locator("#send").tap()
    expect(page.locator(".receipt")).to_contain_text("Versi 2")
    assert yard.report("DPMPTSP")["excused"] == {"S": 1}


def test_a_report_of_figures_alone_is_amended_by_comparing_figures(yard: Yard, opened: Opener) -> None:
    username = yard.operator("KEUANGAN")
    counts = {"strength": 8, "present": {"wfo": 5, "wfa": 0}, "excused": {"DL": 1}, "unexplained": 2}
    told = counts | {"channel": "phone", "caller": "Kepala Dinas"}
    yard.kominfo.put(f"/v1/apel/{yard.apel_id}/reports/KEUANGAN", told)
    page = enter(phone(opened, yard), username)
    page.get_by_role("button", name="Ubah laporan").tap()
    expect(page.locator(".hint")).to_contain_text("hanya berisi angka: 8 wajib = 5 hadir + 1 keterangan + 2 TK")
    expect(page.locator(".words")).to_contain_text("hadir 5")
    page.get_by_role("button", name="Batal, pakai laporan terakhir").tap()
    expect(page.get_by_role("heading", name="Unit ini sudah dilaporkan")).to_be_visible()

    page.get_by_role("button", name="Ubah laporan").tap()
    page.get_by_role("button", name="Periksa & kirim").tap()
    expect(page.locator("#send")).to_be_enabled()  # who finds all present says something else than two TK
    page.get_by_role("button", name="Kembali").tap()
    mark(page, "Siti Aminah Keuangan 1", "TK Tanpa keterangan")
    page.get_by_role("button", name="Periksa & kirim").tap()
    mark(page, "Siti Aminah Keuangan 1", "S Sakit")
    expect(page.get_by_role("button", name="Siti Aminah Keuangan 1,")).to_be_focused()
    assert [row.inner_text().split("\t") for row in page.locator("tr.differs").all()] == [
        ["Hadir", "5", "7 ≠"],
        ["TK", "2", "0 ≠"],
        ["DL · Dinas luar", "1", "0 ≠"],
        ["S · Sakit", "0", "1 ≠"],
    ]
    assert_accessible(page)
    page.get_by_role("button", name="Jumlah diperbaiki").tap()
    page.locator("#send").tap()
    expect(page.locator(".receipt")).to_contain_text("Versi 2")
    assert yard.report("KEUANGAN")["excused"] == {"S": 1}

    # Guests in the room are a change too, without any mark.
    page.get_by_role("button", name="Ubah laporan").tap()
    page.get_by_role("button", name="Periksa & kirim").tap()
    expect(page.locator("#send")).to_be_disabled()
    page.get_by_role("button", name="Tambah satu").tap()
    expect(page.locator("#send")).to_be_enabled()


def test_of_220_people_four_digits_find_one(yard: Yard, opened: Opener) -> None:
    page = enter(phone(opened, yard), yard.operator("RSUD"))
    expect(page.locator("#sums")).to_have_text("220 wajib = 220 hadir")
    page.get_by_label("Cari pegawai").fill("1200")
    expect(page.locator(".people .person:visible")).to_have_count(1)
    mark(page, "Hasna Rsud 200", "SF Sif / piket")
    expect(page.locator("#sums")).to_have_text("219 wajib = 219 hadir (1 tidak wajib)")
    page.get_by_label("Cari pegawai").fill("hasna")
    assert page.locator(".people .person:visible").count() == 27
    took = page.evaluate(
        """async () => {
          const search = document.getElementById("search");
          const began = performance.now();
          for (const words of ["s", "si", "sit", "", "budi", ""]) {
            search.value = words;
            search.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
          }
          return (performance.now() - began) / 6;
        }"""
    )
    assert took < 100, "a letter typed is answered at once, on a phone that is ten times slower too"


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "Siti \u202egnimaN halaS\u202c",
    "Za" + "\u0310\u0489" * 100 + "lgo",
    "A" * 200,
]


def test_hostile_names_are_shown_and_do_nothing(yard: Yard, opened: Opener) -> None:
    """The registry refuses some of these; the page must not rely on it."""
    context = phone(opened, yard)

    def rename(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for person, name in zip(told["roster"]["items"], HOSTILE, strict=False):
            person["name"] = name
        route.fulfill(response=answer, json=told)

    context.route("**/v1/me/today*", rename)
    username = yard.operator("DINSOS")
    page = context.new_page()
    errors = collect_errors(page)
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    page.goto("/lapor")
    sign_in(page, username)
    page.locator(".person").first.wait_for()
    for name in HOSTILE:
        expect(page.locator(".person .name").get_by_text(name, exact=True)).to_be_visible()
    heights = page.locator(".person").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) <= 64, "marks piled up and long names stay in their row"
    mark(page, HOSTILE[0], "DL Dinas luar")
    mark(page, HOSTILE[2], "S Sakit")
    page.get_by_role("button", name="Periksa & kirim").tap()
    assert_fits(page)
    assert_accessible(page)
    assert (page.locator("img").count(), alerts) == (0, [])
    assert [error for error in errors if "401" not in error] == [], "only that nobody was signed in"


Telling = dict[str, Any]
CLOSED = "Apel ini sudah ditutup; laporan tidak dapat diubah lagi."
STATES: dict[str, tuple[Callable[[Telling], Telling], str]] = {
    "no apel": (lambda _: {"apel": None, "roster": None, "deadline": None, "text": None}, "Hari ini tidak ada apel"),
    "no unit": (
        lambda _: {"opd_code": None, "units": [], "roster": None},
        "Akun ini tidak melapor untuk unit mana pun",
    ),
    "not called": (lambda _: {"roster": None}, "Unit ini tidak dipanggil pada apel ini"),
    "final": (lambda told: {"apel": told["apel"] | {"state": "final"}}, "Apel ini sudah ditutup"),
    "a part": (lambda _: {"text": None, "turn": None}, "8 wajib = 8 hadir"),
    "rehearsal": (lambda told: {"apel": told["apel"] | {"rehearsal": True}}, "LATIHAN"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_days_and_units_with_something_else_about_them_say_so(yard: Yard, opened: Opener, theme: str) -> None:
    context = phone(opened, yard, theme)
    page = enter(context, yard.operator(f"STATE{theme[0]}".upper()))
    told: list[Callable[[Telling], Telling]] = []

    def answer(route: Route) -> None:
        given = route.fetch()
        body = given.json()
        route.fulfill(response=given, json=body | told[-1](body))

    context.route("**/v1/me/today*", answer)
    for changes, words in STATES.values():
        told.append(changes)
        page.reload()
        expect(page.locator("#page")).to_contain_text(words)
        assert_accessible(page)
    send(page)
    page.get_by_role("heading", name="Laporan diterima").wait_for()
    told.append(STATES["final"][0])
    page.reload()
    expect(page.locator("#page")).to_contain_text(CLOSED)
    assert_accessible(page)
    told.append(STATES["a part"][0])
    page.reload()
    expect(page.locator("#page")).to_contain_text("induknya yang membacakan")


def test_a_password_that_somebody_else_made_is_changed_first_also_when_the_answers_get_lost(
    yard: Yard, opened: Opener
) -> None:
    grants = [{"role": "opd_operator", "opd_code": "STATEL", "from_date": "2020-01-01"}]
    [slip] = yard.town.admin.post("/v1/accounts", {"items": [{"username": "op.baru", "grants": grants}]})["items"]
    is_lost = re.compile(rb"POST /v1/(me/password|session) ").match
    with lossy_line(yard.town) as line:
        page = opened("phone", has_touch=True, base_url=line.url).new_page()
        page.goto("/lapor")
        page.get_by_label("Nama pengguna").fill("op.baru")
        page.get_by_label("Kata sandi").fill(slip["password"])
        page.get_by_role("button", name="Masuk").tap()
        page.get_by_label("Kata sandi sekarang").fill(slip["password"])
        page.get_by_label("Kata sandi baru").fill("perahu-layar-biru")
        assert_accessible(page)
        line.swallows = lambda said: bool(is_lost(said))
        page.get_by_role("button", name="Simpan").tap()
        expect(page.get_by_role("alert")).to_have_text("Tidak ada sambungan ke layanan. Coba lagi.")
        line.swallows = lambda _: False
        page.get_by_role("button", name="Simpan").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dinas Statel")


def test_taps_over_a_report_that_came_in_meanwhile_say_so(yard: Yard, opened: Opener) -> None:
    page = enter(phone(opened, yard), yard.operator("PERPUS"))
    mark(page, "Siti Aminah Perpus 1", "DL Dinas luar")
    entries = [{"asn_id": yard.person("PERPUS", 2), "status": "S"}]
    claim = {"strength": 8, "present": {"wfo": 7, "wfa": 0}, "excused": {"S": 1}, "unexplained": 0}
    told = claim | {"channel": "radio", "caller": "Kepala", "entries_are": "exceptions", "entries": entries}
    yard.kominfo.put(f"/v1/apel/{yard.apel_id}/reports/PERPUS", told)
    page.get_by_role("button", name="Perbarui data").tap()
    expect(page.locator(".note")).to_contain_text("dilaporkan (versi 1, oleh kominfo)")
    expect(page.locator("#sums")).to_have_text("8 wajib = 6 hadir + 2 keterangan")
    assert_accessible(page)
    page.get_by_role("button", name="Buang ketukan saya").tap()
    expect(page.locator(".state")).to_contain_text("lewat radio, oleh kominfo")


def test_a_unit_below_another_one_learns_who_reports_for_it(yard: Yard, opened: Opener) -> None:
    page = enter(phone(opened, yard), yard.operator("SD1"))
    expect(page.locator(".state")).to_contain_text("Pegawainya dilaporkan oleh DISDIK.")


@pytest.mark.parametrize("size", ["phone", "office"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_is_accessible(yard: Yard, opened: Opener, size: str, theme: str) -> None:
    code = f"LOOK{size[0]}{theme[0]}".upper()
    context = opened(size, theme, has_touch=True, base_url=yard.url)
    page = context.new_page()
    page.goto("/lapor")
    username = yard.operator(code)
    page.get_by_label("Nama pengguna").wait_for()

    def look() -> None:
        assert_accessible(page)
        assert_fits(page)
        small = page.locator("button:visible, a.button:visible, input:visible, summary:visible").evaluate_all(
            "all => all.filter((one) => one.offsetHeight < 44).map((one) => one.outerHTML)"
        )
        assert small == []

    look()
    sign_in(page, username)
    page.locator("#sums").wait_for()
    look()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Budi Santoso").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    look()
    page.get_by_role("dialog").get_by_role("button", name="TK Tanpa keterangan").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("8 wajib = 7 hadir + 1 TK")
    page.get_by_role("button", name="Periksa & kirim").press("Enter")
    look()
    context.set_offline(True)
    page.locator("#send").press("Enter")
    page.get_by_role("heading", name="Tersimpan di HP").wait_for()
    look()
    context.set_offline(False)
    page.get_by_role("heading", name="Laporan diterima").wait_for()
    look()
    page.get_by_role("button", name="Ubah laporan").press("Enter")
    page.get_by_role("button", name="Budi Santoso").first.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="I Izin", exact=True).press("Enter")
    expect(page.locator("#told")).to_have_text("8 wajib = 7 hadir + 1 keterangan")
    page.get_by_role("button", name="Periksa & kirim").press("Enter")
    page.locator("#look").wait_for()
    look()
