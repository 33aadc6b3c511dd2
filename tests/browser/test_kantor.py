"""What the office reads: Mondays as a heat map, ranks, an OPD and a person down to the evidence, by who may see it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SIZES, Opener, Theme
from tests.browser.looking import assert_accessible, assert_fits, collect_errors
from tests.browser.mondays import Office
from tests.browser.signing import enter, go

pytestmark = pytest.mark.system
THEMES: tuple[Theme, Theme] = ("light", "dark")


def test_every_cell_shows_its_figure_and_leads_to_the_evidence_in_two_steps(opened: Opener, office: Office) -> None:
    page = enter(opened("office"), office, "bupati")
    heat = page.get_by_role("table", name="Hadir dari yang wajib, tiap OPD pada 3 apel terakhir")
    expect(heat.get_by_role("rowheader", name="Disdik")).to_be_visible()
    expect(heat.get_by_role("rowheader", name="Kelompok sedang · 3 OPD")).to_be_visible()
    cell = heat.locator("td a").first
    assert cell.get_attribute("aria-label").startswith("Disdik, 2 Nov: ")  # type: ignore[union-attr]
    silent = heat.locator("td.silent a").first
    expect(silent).to_have_text("BL")
    assert "belum lapor" in (silent.get_attribute("aria-label") or "")

    cell.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    where = page.evaluate("document.activeElement.ariaLabel")
    assert where.startswith("BKPP, 9 Nov: hadir ")
    assert page.locator(".heat td a[tabindex='0']").count() == 1

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Badan Kepegawaian, Pendidikan dan Pelatihan")
    expect(page.get_by_role("heading", name="Kehadiran", exact=True)).to_be_visible()
    expect(page.locator(".lines > li")).to_have_count(3)
    expect(page.locator(".lines")).to_contain_text("Dasar: Kebijakan instansi")
    page.get_by_role("button", name="Versi laporan").first.click()
    drawer = page.get_by_role("dialog", name="Versi laporan")
    expect(drawer).to_contain_text("yang menyampaikan")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.evidence") == "report_version"
    page.get_by_role("button", name="apel-dasar@1").first.click()
    expect(page.get_by_role("dialog", name="Kebijakan apel-dasar@1")).to_contain_text("dasar hukum")


def test_ranks_are_told_within_bands_with_reasons_and_of_the_span_that_was_chosen_last(
    opened: Opener, office: Office
) -> None:
    page = enter(opened("office"), office, "bupati", "#/peringkat")
    small = page.get_by_role("table", name="Peringkat kelompok kecil")
    last = small.get_by_role("row").filter(has_text="Kec. Tapalang")
    expect(last).to_contain_text("–")
    expect(last).to_contain_text("Kurang dari 5 orang")
    last.get_by_role("button", name="mengapa?").click()
    expect(page.get_by_role("dialog")).to_contain_text("orang paling sedikit")
    page.keyboard.press("Escape")

    held: list[Route] = []
    page.route("**/v1/scores/opd?from=2026-01-01*", lambda route: held.append(route))  # noqa: PLW0108 — Playwright marks it
    page.get_by_label("Rentang").select_option("tahun ini")
    while not held:
        page.wait_for_timeout(50)
    page.get_by_label("Rentang").select_option("bulan lalu")
    nothing = page.get_by_text("Belum ada apel bernilai dalam rentang ini.")
    expect(nothing).to_be_visible()
    with page.expect_response("**/v1/opd?*"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert nothing.is_visible()


def test_a_menu_shows_what_a_role_may_do_and_an_address_alone_opens_nothing(opened: Opener, office: Office) -> None:
    def menu(username: str) -> tuple[Page, list[str]]:
        page = enter(opened("office"), office, username)
        return page, page.get_by_role("navigation", name="Halaman kantor").get_by_role("link").all_inner_texts()

    bupati, entries = menu("bupati")
    assert entries == ["Ikhtisar", "Peringkat"]
    go(bupati, "#/giliran")
    expect(bupati.get_by_role("heading", level=1)).to_have_text("Halaman ini tidak ada")
    head, entries = menu("kepala.disdik")
    assert entries == ["Ikhtisar", "Peringkat", "Temuan", "DISDIK"]
    stranger = office.town.admin.get("/v1/asn?opd_code=BKPP")["items"][0]["id"]
    go(head, f"#/asn/{stranger}")
    expect(head.get_by_text("tidak berhak melihat")).to_be_visible()
    _, entries = menu("kominfo")
    assert entries == ["Ikhtisar", "Peringkat", "Antrean", "Temuan", "Giliran", "Layar"]


def test_a_persons_year_is_explained_line_by_line_and_no_nip_is_in_the_address(opened: Opener, office: Office) -> None:
    page = enter(opened("office"), office, "kepala.disdik", "#/opd/DISDIK")
    person = page.get_by_role("table", name="Pegawai OPD ini").get_by_role("link").first
    name = person.inner_text()
    person.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("bukan hari kerja")).to_be_visible()
    expect(page.locator(".lines > li").first).to_contain_text("Dasar:")
    page.locator(".days button").nth(1).click()
    expect(page.get_by_role("dialog")).to_contain_text("status")
    expect(page.get_by_role("dialog")).not_to_contain_text(re.compile("reported-|display_name|-but-"))
    assert not any(len(part) == 18 and part.isdigit() for part in page.url.replace("/", "-").split("-"))


def test_a_lost_line_is_told_and_tried_again_on_demand(opened: Opener, office: Office) -> None:
    context = opened("office")
    page = enter(context, office, "bupati")
    context.set_offline(True)
    expect(page.get_by_text("Tidak ada sambungan. Yang terbuka tetap dapat dibaca")).to_be_visible()
    go(page, "#/peringkat")
    retry = page.get_by_role("button", name="Coba lagi")
    expect(retry).to_be_visible()
    page.get_by_role("button", name="Keluar").click()
    expect(page.locator("#line")).to_contain_text("Belum keluar.")
    context.set_offline(False)
    retry.click()
    expect(page.get_by_role("table", name="Peringkat kelompok kecil")).to_be_visible()


VIEWS = ("#/", "#/peringkat", "#/opd/BKPP", "#/asn/", "#/antrean", "#/temuan", "#/giliran", "#/layar")


@pytest.fixture(scope="module")
def shown(browser: Browser, office: Office) -> Iterator[Page]:
    """One page of the personnel office, which walks from view to view."""
    context = browser.new_context(locale="id-ID")
    yield enter(context, office, "bkpp")
    context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_accessible_in_both_themes_and_fits_every_size(view: str, shown: Page, office: Office) -> None:
    errors = collect_errors(shown)
    go(shown, view + next(iter(office.people.values())) if view == "#/asn/" else view)
    expect(shown.locator("#menu")).to_be_visible()
    shown.wait_for_timeout(300)
    expect(shown.locator("[aria-busy]")).to_have_count(0)
    if view in ("#/antrean", "#/temuan"):
        expect(shown.locator(".items button").first).to_be_visible()
    for width, height in SIZES.values():
        shown.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            shown.emulate_media(color_scheme=theme)
            assert_accessible(shown)
        assert_fits(shown)
    assert not errors
