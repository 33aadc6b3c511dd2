"""What lies on the phone: of two units, in two tabs, past midnight, while somebody leaves, and when it is full."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible
from tests.browser.test_lapor import enter, mark, phone, send
from tests.browser.yard import MORNING, Yard, kept, sign_in, wait_for_worker

pytestmark = pytest.mark.system
WAITING = "Tersimpan di HP, menunggu sambungan"
ONE_AWAY = "8 wajib = 7 hadir + 1 keterangan"
A_MOMENT = 400
"""Milliseconds for something to go wrong that should not."""


def choose(page: Page, unit: str) -> None:
    page.get_by_role("group", name="Unit yang dilaporkan").get_by_role("button", name=unit).tap()


def hold(context: BrowserContext, address: str, most: int) -> list[Route]:
    """The first requests to an address from now on, which wait until they are let go."""
    held: list[Route] = []

    def answer(route: Route) -> None:
        if len(held) == most:
            route.continue_()
        else:
            held.append(route)

    context.route(address, answer)
    return held


def look_again(page: Page, held: list[Route]) -> None:
    """Until a look has begun that is held."""
    page.get_by_role("button", name="Perbarui data").tap()
    while not held:
        page.wait_for_timeout(50)


def test_a_plt_chooses_between_two_units_and_a_slow_look_does_not_bring_the_other_one_back(
    yard: Yard, opened: Opener
) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("PERIKANAN", "PASAR"))
    title = page.get_by_role("heading", level=1)
    choose(page, "PERIKANAN")
    expect(title).to_have_text("Dinas Perikanan")
    mark(page, "Siti Aminah Perikanan 1", "DL Dinas luar")
    choose(page, "PASAR")
    expect(page.locator("#sums")).to_have_text("8 wajib = 8 hadir")
    choose(page, "PERIKANAN")
    expect(page.locator("#sums")).to_have_text(ONE_AWAY)

    looks = hold(context, "**/v1/me/today*", 2)
    look_again(page, looks)
    choose(page, "PASAR")
    expect(title).to_have_text("Dinas Pasar")
    looks[0].continue_()
    page.wait_for_timeout(A_MOMENT)
    expect(title).to_have_text("Dinas Pasar")
    send(page)
    looks[1].continue_()
    expect(page.get_by_role("heading", name="Laporan diterima")).to_be_visible()
    reports = yard.town.admin.get(f"/v1/apel/{yard.apel_id}/reports?limit=200")["items"]
    assert {"PASAR", "PERIKANAN"} & {report["opd_code"] for report in reports} == {"PASAR"}


def test_without_a_line_another_unit_is_not_there_yet_and_signing_out_asks_about_all_of_them(
    yard: Yard, opened: Opener
) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("KOPERASI", "TERNAK"))
    wait_for_worker(page)
    mark(page, "Siti Aminah Koperasi 1", "DL Dinas luar")
    context.set_offline(True)
    choose(page, "TERNAK")
    expect(page.locator(".note")).to_have_text("Daftar TERNAK belum ada di HP ini. Coba lagi begitu ada sambungan.")
    expect(page.locator("#sums")).to_have_text(ONE_AWAY)
    assert_accessible(page)
    page.close()
    page = context.new_page()
    page.goto("/lapor")
    expect(page.locator("#sums")).to_have_text(ONE_AWAY)
    context.set_offline(False)
    choose(page, "TERNAK")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dinas Ternak")

    looks, leavings = hold(context, "**/v1/me/today*", 1), hold(context, "**/v1/session", 2)
    look_again(page, looks)
    page.get_by_role("button", name="Keluar", exact=True).tap()
    expect(page.get_by_role("dialog")).to_contain_text("Ada isian yang belum terkirim: KOPERASI.")
    page.get_by_role("dialog").get_by_role("button", name="Keluar dan buang").tap()
    expect(page.get_by_role("heading", name="Anda sudah keluar")).to_be_visible()
    # The look that was under way ends while the service is still asked to end the sign-in, which then fails.
    looks[0].continue_()
    page.wait_for_timeout(A_MOMENT)
    assert kept(page) == ["who"]
    leavings[0].abort()
    page.wait_for_timeout(A_MOMENT)
    page.reload()
    expect(page.get_by_role("heading", name="Anda sudah keluar")).to_be_visible()
    assert kept(page) == ["who"]
    leavings[1].continue_()
    page.get_by_label("Nama pengguna").wait_for()
    assert kept(page) == []


def test_what_was_not_sent_before_midnight_is_told_until_somebody_has_passed_it_on(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    # Only the page's clock can be turned, not its worker's, which would send while it is still the 23rd there.
    context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    page = enter(context, yard.operator("SEKDA", "SETWAN"))
    wait_for_worker(page)
    choose(page, "SETWAN")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dinas Setwan")
    context.set_offline(True)
    for unit in ("SETWAN", "SEKDA"):
        choose(page, unit)
        send(page)
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=1))
    expect(page.get_by_role("heading", name="Hari sudah berganti")).to_be_visible()
    expect(page.locator("#page")).to_contain_text("Laporan SEKDA tanggal Senin, 23 November 2026 tidak sempat terkirim")
    page.close()
    context.clear_cookies()
    other = yard.operator("KEBUN")
    try:
        yard.town.at("2026-11-24 07:00")
        context.set_offline(False)
        page = context.new_page()
        page.goto("/lapor")
        sign_in(page, other)
        expect(page.get_by_role("heading", name="Hari ini tidak ada apel")).to_be_visible()
        for unit in ("SEKDA", "SETWAN"):
            expect(page.locator(".note")).to_contain_text(f"Laporan {unit} tanggal 23 November tidak sempat terkirim")
        page.reload()
        page.get_by_role("button", name="Sudah saya sampaikan").tap()
        expect(page.locator(".note")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Hari ini tidak ada apel")).to_be_visible()
        expect(page.locator(".note")).to_have_count(0)
        reports = yard.town.admin.get(f"/v1/apel/{yard.apel_id}/reports?limit=200")["items"]
        assert not {"SEKDA", "SETWAN"} & {report["opd_code"] for report in reports}
    finally:
        yard.town.at(MORNING)


def test_two_tabs_send_one_report_with_what_was_tapped_in_either(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    first = enter(context, yard.operator("ORTALA"))
    second = context.new_page()
    second.goto("/lapor")
    expect(second.locator("#sums")).to_have_text("8 wajib = 8 hadir")
    second.get_by_role("button", name="Budi Santoso Ortala 2,").tap()
    first.bring_to_front()
    mark(first, "Siti Aminah Ortala 1", "DL Dinas luar")
    second.bring_to_front()
    second.get_by_role("dialog").get_by_role("button", name="S Sakit", exact=True).tap()
    expect(second.locator("#sums")).to_have_text("8 wajib = 6 hadir + 2 keterangan")
    expect(first.locator("#sums")).to_have_text("8 wajib = 6 hadir + 2 keterangan")

    # What is changed beside somebody who is writing is not sent before it was looked at.
    first.bring_to_front()
    first.get_by_role("button", name="Periksa & kirim").tap()
    first.get_by_text("Catatan (boleh kosong)").tap()
    first.get_by_label("Catatan untuk kepegawaian").fill("Rapat di luar")
    second.bring_to_front()
    mark(second, "Rahma Wati Ortala 3", "TK Tanpa keterangan")
    first.bring_to_front()
    first.locator("#send").tap()
    expect(first.locator(".note")).to_have_text("Isian berubah di tab lain. Periksa lagi, lalu kirim.")
    expect(first.locator(".total")).to_have_text("8 wajib = 5 hadir + 2 keterangan + 1 TK")
    first.locator("#send").tap()
    expect(first.get_by_role("heading", name="Laporan diterima")).to_be_visible()
    report = yard.report("ORTALA")
    assert (report["excused"], report["unexplained"], report["note"]) == ({"DL": 1, "S": 1}, 1, "Rapat di luar")


FULL = "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }"
REFUSED = "IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError'); }"
NO_ROOM = "HP ini tidak dapat menyimpan isian"


def test_a_phone_that_closes_its_store_goes_on_and_one_that_keeps_nothing_says_so(yard: Yard, opened: Opener) -> None:
    context = phone(opened, yard)
    page = enter(context, yard.operator("HUTAN"))
    cleared = {"origin": yard.url, "storageTypes": "indexeddb"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", cleared)
    mark(page, "Siti Aminah Hutan 1", "DL Dinas luar")
    expect(page.locator("#sums")).to_have_text(ONE_AWAY)
    page.evaluate(f"() => {{ {FULL} }}")
    mark(page, "Budi Santoso Hutan 2", "S Sakit")
    expect(page.get_by_role("heading", name=NO_ROOM)).to_be_visible()
    assert_accessible(page)
    context.add_init_script(REFUSED)
    page.reload()
    expect(page.get_by_role("heading", name=NO_ROOM)).to_be_visible()
