"""The phone without a line, on a bad one, and with an answer that gets lost: a report is sent once."""

import gzip
import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible
from tests.browser.test_lapor import enter, mark, phone, send
from tests.browser.yard import MORNING, Yard, kept, lossy_line, sign_in, until, wait_for_worker

pytestmark = pytest.mark.system
BUDGET = 40_000
"""Bytes, compressed, of all that the page consists of."""
EDGE = {"offline": False, "latency": 500, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
"""50 kbit/s and half a second to the next mast."""
RECEIVED = "Laporan diterima"
WAITING = "Tersimpan di HP, menunggu sambungan"


def test_a_report_survives_airplane_mode_and_a_closed_page_and_is_sent_once(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("DINKES"))
    wait_for_worker(page)
    mark(page, "Siti Aminah Dinkes 1", "CT Cuti tahunan")
    page.get_by_role("button", name="Periksa & kirim").tap()
    context.set_offline(True)
    page.locator("#send").tap()
    expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
    page.close()

    page = context.new_page()
    page.goto("/lapor")
    expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
    expect(page.locator(".state")).to_contain_text("8 wajib = 7 hadir + 1 keterangan")
    expect(page.locator("#as-of")).to_have_text(re.compile(r"^Tanpa sambungan · data per 07\.[23]\d WITA$"))
    assert_accessible(page)

    context.set_offline(False)
    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible()
    expect(page.locator(".words")).to_contain_text("hadir 7")
    assert [version["excused"] for version in yard.versions("DINKES")] == [{"CT": 1}]

    # The receipt and the words to read are there without a line too.
    page.close()
    context.set_offline(True)
    page = context.new_page()
    page.goto("/lapor")
    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible()
    expect(page.locator(".words")).to_contain_text("hadir 7")


def test_taps_survive_a_closed_page(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("HUKUM"))
    wait_for_worker(page)
    context.set_offline(True)
    mark(page, "Siti Aminah Hukum 1", "DL Dinas luar")
    expect(page.locator("#sums")).to_have_text("8 wajib = 7 hadir + 1 keterangan")
    page.close()
    page = context.new_page()
    page.goto("/lapor")
    expect(page.locator("#sums")).to_have_text("8 wajib = 7 hadir + 1 keterangan")


def test_a_lost_answer_is_asked_for_again_with_the_same_key(yard: Yard, opened: Opener) -> None:
    keys: list[str] = []

    def is_report(said: bytes) -> bool:
        if not said.startswith(b"PUT /v1/apel/"):
            return False
        headers = said.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        keys.extend(line.decode() for line in headers if line.startswith(b"idempotency-key:"))
        return len(keys) < 3

    with lossy_line(yard.town) as line:
        line.swallows = is_report
        context = opened("phone", has_touch=True, base_url=line.url)
        page = enter(context, yard.operator("BKPP"))
        mark(page, "Siti Aminah Bkpp 1", "S Sakit")
        send(page)
        expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible()
        expect(page.locator(".receipt")).to_contain_text("Versi 1")
    assert (line.swallowed, len(keys), len(set(keys))) == (2, 3, 1)
    assert len(yard.versions("BKPP")) == 1


def test_a_lost_answer_is_found_again_after_somebody_amended_the_report(yard: Yard, opened: Opener) -> None:
    with lossy_line(yard.town) as line:
        context = opened("phone", has_touch=True, base_url=line.url)
        page = enter(context, yard.operator("KESRA"))
        line.swallows = lambda said: said.startswith(b"PUT /v1/apel/")
        send(page)
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        counts = {"strength": 8, "present": {"wfo": 7, "wfa": 0}, "excused": {}, "unexplained": 1}
        told = counts | {"channel": "wa", "caller": "Kepala Dinas", "reason": "Satu belum datang"}
        yard.kominfo.put(f"/v1/apel/{yard.apel_id}/reports/KESRA", told, headers={"if-match": '"1"'})
        line.swallows = lambda _: False
        expect(page.locator(".receipt")).to_contain_text("Versi 2")
        expect(page.locator(".state")).to_contain_text("Kiriman Anda diterima sebagai versi 1")
    assert len(yard.versions("KESRA")) == 2


def test_on_a_2g_line_the_page_is_there_in_15_s_and_the_next_time_without_any(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    username = yard.operator("DISHUB")
    page = context.new_page()
    context.new_cdp_session(page).send("Network.enable")
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", EDGE)
    began = time.monotonic()
    page.goto("/lapor")
    page.get_by_label("Nama pengguna").wait_for()
    form = time.monotonic() - began
    began = time.monotonic()
    sign_in(page, username)
    page.locator("#sums").wait_for()
    roster = time.monotonic() - began
    assert form < 15
    assert roster < 15
    wait_for_worker(page)
    page.close()
    context.set_offline(True)
    page = context.new_page()
    began = time.monotonic()
    page.goto("/lapor")
    expect(page.locator("#sums")).to_have_text("8 wajib = 8 hadir")
    assert time.monotonic() - began < 10


def test_the_whole_page_fits_into_40_kb(yard: Yard, opened: Opener) -> None:
    """Every file that the phone loads at its first visit, as it is sent."""
    context = phone(opened, yard)
    page = context.new_page()
    page.goto("/lapor")
    page.get_by_label("Nama pengguna").wait_for()
    wait_for_worker(page)
    names = page.evaluate(
        """async () => {
          const found = new Set();
          for (const name of await caches.keys())
            for (const { url } of await (await caches.open(name)).keys()) found.add(new URL(url).pathname);
          return [...found];
        }"""
    )
    assert {"/lapor", "/lapor/lapor.js", "/bagian/base.css", "/bagian/session.js"} <= set(names)
    assert not [name for name in names if name.startswith("/v1")], "answers about people are never in the cache"
    sizes = {}
    for name in [*names, "/lapor/sw.js"]:
        with yard.town.client.stream("GET", name, headers={"accept-encoding": "gzip"}) as answer:
            sent = b"".join(answer.iter_raw())
            assert gzip.decompress(sent) if answer.headers.get("content-encoding") else sent
            sizes[name] = len(sent)
    assert sum(sizes.values()) < BUDGET


def test_a_sign_in_that_ended_without_a_line_keeps_the_report_until_the_next_one(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    username = yard.operator("KALUMPANG")
    page = enter(context, username)
    wait_for_worker(page)
    context.set_offline(True)
    mark(page, "Siti Aminah Kalumpang 1", "DL Dinas luar")
    send(page)
    expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
    page.close()
    context.clear_cookies()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/lapor")
    expect(page.locator(".note")).to_contain_text("Isian tetap tersimpan di HP ini")
    sign_in(page, username)
    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible()
    assert len(yard.versions("KALUMPANG")) == 1


def test_signing_out_wipes_the_phone_also_without_a_line(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("SATPOL"))
    wait_for_worker(page)
    mark(page, "Siti Aminah Satpol 1", "S Sakit")
    assert any(name.startswith("unit:") for name in kept(page))
    context.set_offline(True)
    page.get_by_role("button", name="Keluar", exact=True).tap()
    page.get_by_role("dialog").get_by_role("button", name="Keluar dan buang").tap()
    expect(page.get_by_role("heading", name="Anda sudah keluar")).to_be_visible()
    assert kept(page) == ["who"], "only that the sign-in must still be ended"
    assert_accessible(page)
    context.set_offline(False)
    page.get_by_label("Nama pengguna").wait_for()
    assert kept(page) == []
    page.reload()
    page.get_by_label("Nama pengguna").wait_for()


def test_a_new_version_takes_over_at_the_next_opening_and_keeps_the_draft(yard: Yard, opened: Opener) -> None:
    with lossy_line(yard.town) as line:
        context = opened("phone", has_touch=True, base_url=line.url)
        page = enter(context, yard.operator("ARSIP"))
        wait_for_worker(page)
        mark(page, "Siti Aminah Arsip 1", "DL Dinas luar")
        # Another worker than before, as after an upgrade: asked for whole and uncompressed, it says something else.
        line.turned = {b"still waiting": b"still queuing", b"If-None-Match": b"If-None-Watch"}
        line.turned |= {b"Accept-Encoding: gzip": b"Accept-Encodinh: gzip"}
        page.evaluate("navigator.serviceWorker.getRegistration('/lapor').then((kept) => kept.update())")
        until(page, "navigator.serviceWorker.getRegistration('/lapor').then((kept) => kept.waiting !== null)")
        expect(page.locator("#sums")).to_have_text("8 wajib = 7 hadir + 1 keterangan")
        page.close()
        page = context.new_page()
        page.goto("/lapor")
        until(page, "navigator.serviceWorker.getRegistration('/lapor').then((kept) => kept.waiting === null)")
        expect(page.locator("#sums")).to_have_text("8 wajib = 7 hadir + 1 keterangan")


def test_without_a_line_and_without_data_the_page_says_so_and_begins_once_there_is_one(
    yard: Yard, opened: Opener
) -> None:
    context = phone(opened, yard)
    page = context.new_page()
    page.goto("/lapor")
    page.get_by_label("Nama pengguna").wait_for()
    wait_for_worker(page)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Tidak ada sambungan")).to_be_visible()
    assert_accessible(page)
    context.set_offline(False)
    page.get_by_label("Nama pengguna").wait_for()


def test_a_phone_with_a_wrong_clock_counts_by_the_services(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    context.clock.set_system_time("2026-11-20T03:00:00Z")
    page = enter(context, yard.operator("UMUM"))
    expect(page.locator("#countdown")).to_contain_text("Tenggat 08.30 · 1 jam")
    try:
        yard.town.at("2026-11-23 08:41")
        page.get_by_role("button", name="Perbarui data").tap()
        expect(page.locator("#countdown")).to_have_text("Tenggat 08.30 · sudah lewat")
        page.get_by_role("button", name="Periksa & kirim").tap()
        expect(page.get_by_text("Tenggat sudah lewat. Tetap kirim")).to_be_visible()
        page.locator("#send").tap()
        expect(page.locator(".receipt")).to_contain_text("terlambat")
        assert yard.report("UMUM")["late"]
    finally:
        yard.town.at(MORNING)
