"""What the wall stands beside a Monday's course: sizes, keyboards, hostile names, visitors and weeks."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from app.core.principal import Role
from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible, assert_fits, assert_whole, collect_errors, picture
from tests.browser.regency import CODES, HOSTILE_NAME, Regency
from tests.system.town import chosen

pytestmark = pytest.mark.system
DAY = "2026-12-07"
RIGHT_ENDS = """all => all.map(one => {
  const range = new Range();
  range.selectNodeContents(one);
  return [range.getBoundingClientRect().left, range.getBoundingClientRect().right];
})"""
"""From where to where the letters of each reach."""


@pytest.fixture(scope="session")
def apel_id(mamuju: Regency) -> str:
    """An apel that is open, with most reports in and an OPD called."""
    apel_id = mamuju.schedule(DAY)
    mamuju.at("07:40", DAY)
    mamuju.reports(apel_id, CODES[:50], seed=DAY)
    mamuju.kominfo.post(f"/v1/apel/{apel_id}/turns/next", {"after": None})
    return apel_id


def enter(mamuju: Regency, context: BrowserContext, username: str = "bupati", address: str = "/papan") -> Page:
    page = context.new_page()
    page.goto(f"{mamuju.town.client.base_url}{address}")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(chosen(username))
    page.get_by_role("button", name="Masuk", exact=True).click()
    return page


def pair(mamuju: Regency, context: BrowserContext, name: str, **options: Any) -> tuple[Page, str]:
    page = context.new_page()
    page.goto(f"{mamuju.town.client.base_url}/papan?layar")
    code = page.locator(".pairing .code")
    expect(code).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    made = mamuju.kominfo.post("/v1/screens", {"code": code.text_content(), "name": name} | options)
    return page, made["id"]


def size(page: Page, selector: str) -> list[float]:
    """Font sizes in pixels of what shows."""
    return [
        float(one.removesuffix("px"))
        for one in page.locator(selector).evaluate_all(
            "all => all.filter(one => one.checkVisibility()).map(one => getComputedStyle(one).fontSize)"
        )
    ]


def test_sixty_units_fit_a_hall_and_are_read_from_its_end(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    page = enter(mamuju, opened("wall"))
    expect(page.locator(".tile")).to_have_count(60)
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [
        1080,
        1920,
    ]
    boxes = page.locator(".tile").evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
    assert max(boxes) <= page.locator("#foot").evaluate("one => one.getBoundingClientRect().top")
    for large in (
        "#time",
        "#totals .number",
        "#totals .rate",
        "[data-panel=turn] .number",
        "[data-panel=turn] [role=timer]",
    ):
        assert min(size(page, large)) >= 64, large
    assert min(size(page, ".tile .code")) >= 24
    assert set(
        page.locator("#time, .number, .rate, .tile").evaluate_all(
            "all => all.map(one => getComputedStyle(one).fontVariantNumeric.includes('tabular-nums'))"
        )
    ) == {True}
    cut = page.locator(".tile .code").evaluate_all(
        """all => all.filter(one => one.getBoundingClientRect().right
          > one.closest(".tile").getBoundingClientRect().right).map(one => one.textContent)"""
    )
    assert cut == []
    ends = page.locator("#totals .ratio > .number, #totals .cell > .number").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right])"
    )
    assert all(right <= left for (_, right), (left, _) in pairwise(ends))


def test_why_it_is_so_is_one_tap_away_and_esc_leads_back(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    page = enter(mamuju, opened("phone", "dark", has_touch=True), "op.20")
    first = page.locator(".tile").first
    expect(first).to_have_attribute("data-own", "true")
    assert first.get_attribute("data-code") == CODES[20]
    page.locator('.tile[data-code="DISDAG"]').tap()
    dialog = page.get_by_role("dialog", name="Dinas Perdagangan")
    expect(dialog).to_contain_text("Menurut revisi")
    expect(dialog).to_contain_text("Ruang di Zoom")
    assert_accessible(page)
    assert_fits(page)
    picture(page, "kenapa")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.code") == "DISDAG"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.code") != "DISDAG"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_full_hundred_every_excuse_and_the_mark_of_a_sample_are_shown_whole(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    board = mamuju.bupati.get(f"/v1/apel/{apel_id}/board")
    board["totals"]["duty_rate"] |= {"percent": 100.0, "numerator": 11064, "denominator": 11064}
    board["totals"]["excused"] = {"other": 1} | dict.fromkeys(("CB", "CM", "CP", "CS", "CT", "DK", "I", "S", "TB"), 12)
    body = f"id: x\nevent: board\ndata: {json.dumps(board)}\n\n"
    for size_name in ("wall", "office"):
        context = opened(size_name)
        context.route("**/board/stream", lambda route: route.fulfill(content_type="text/event-stream", body=body))
        page = enter(mamuju, context)
        expect(page.locator("#totals .rate")).to_have_text("100,00 %")
        page.evaluate(
            "document.getElementById('heading').append(Object.assign(document.createElement('p'), "
            "{ className: 'sample', textContent: 'CONTOH: semua data karangan' }))"
        )
        page.wait_for_timeout(300)
        assert_whole(page, "#title, .sample, #totals .detail")
        ends = page.locator("#totals .rate, #totals .ratio > .number").evaluate_all(RIGHT_ENDS)
        assert ends[0][1] <= ends[1][0]
        picture(page, f"penuh-{size_name}")


def test_the_theme_follows_the_system_unless_the_address_says_otherwise(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    def ground(page: Page) -> str:
        told: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return told

    light, dark = "rgb(255, 255, 255)", "rgb(15, 20, 26)"
    for theme, address, expected in (
        ("light", "/papan", light),
        ("dark", "/papan", dark),
        ("light", "/papan?tema=gelap", dark),
        ("dark", "/papan?tema=terang", light),
    ):
        page = opened("office", theme).new_page()
        page.goto(f"{mamuju.town.client.base_url}{address}")
        page.get_by_label("Nama pengguna").wait_for()
        assert ground(page) == expected, (theme, address)
        picture(page, f"pintu-{theme}")


def test_hostile_names_are_only_letters(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    for size_name in ("wall", "phone"):
        page = enter(mamuju, opened(size_name))
        told = collect_errors(page)
        expect(page.locator("[data-panel=turn]")).to_contain_text(HOSTILE_NAME)
        assert page.locator("#main img, dialog img").count() == 0
        head = page.locator("[data-panel=turn] .typed", has_text="Kepala:")
        assert head.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"
        panel, name = (page.locator(one).bounding_box() for one in ("#stage", "[data-panel=turn] .typed >> nth=1"))
        assert panel
        assert name
        assert name["y"] + name["height"] <= panel["y"] + panel["height"]
        assert_fits(page)
        picture(page, f"nama-{size_name}")
        page.locator('.tile[data-code="DAMKAR"]').click()
        expect(page.get_by_role("dialog", name=HOSTILE_NAME)).to_be_visible()
        assert [one for one in told if "401" not in one] == []


def test_names_that_turn_the_direction_are_refused_where_they_are_written(mamuju: Regency) -> None:
    turned = {"title": "Apel \u202egnubaG", "starts_at": "2026-12-28T07:30:00+08:00"}
    times = {"ends_at": "2026-12-28T08:15:00+08:00", "report_deadline": "2026-12-28T08:30:00+08:00"}
    answer = mamuju.kominfo.send("POST", "/v1/apel", turned | times | {"kind": "apel_gabungan"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/title")


def test_a_visitors_screen_shows_totals_trend_and_clock_alone(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    page, _ = pair(mamuju, opened("wall"), "layar-tamu", counts_only=True)
    expect(page.locator("#totals .rate")).to_contain_text("%")
    assert page.locator(".tile").count() == 0
    expect(page.locator("#stage")).not_to_contain_text("Kepala")
    assert min(size(page, "#totals .number, #totals .rate, #time")) >= 64
    picture(page, "tamu")
    assert_fits(page)
    assert_accessible(page)


@pytest.fixture
def frames(mamuju: Regency, apel_id: str) -> list[dict[str, Any]]:
    """Five hundred boards of a dozen OPDs: each in turn changes its figures and its light, and has its turn."""
    board = mamuju.bupati.get(f"/v1/apel/{apel_id}/board")
    del board["opd"][12:]
    made = []
    for number in range(500):
        row = board["opd"][number % 12]
        row["light"] = ("blue", "green", "yellow")[number % 3]
        row["figures"]["present"]["wfo"] = 10 + number % 7
        row["figures"]["rate"]["percent"] = 90.0 + number % 10
        board["turn"] = {"current": row["opd_code"], "called_at": board["as_of"], "next": CODES[:3]}
        board["revision"] += 1
        made.append(json.loads(json.dumps(board)))
    return made


def test_five_hundred_frames_leave_the_page_as_large_as_it_was(
    mamuju: Regency, frames: list[dict[str, Any]], opened: Opener
) -> None:
    context = opened("office")
    page = enter(mamuju, context)
    expect(page.locator(".tile")).to_have_count(60)
    measure = context.new_cdp_session(page)
    measure.send("Performance.enable")

    def counted_after(shown: list[dict[str, Any]]) -> dict[str, float]:
        events = (f"id: {one['revision']}\nevent: board\ndata: {json.dumps(one)}\n\n" for one in shown)
        body = "".join(events)

        def stream(route: Route) -> None:
            route.fulfill(status=200, content_type="text/event-stream", body=body)

        page.route("**/board/stream", stream)
        page.reload()
        last = f" rev\u00a0{shown[-1]['revision']}"
        expect(page.locator(".stamp-revision")).to_have_text(last)
        page.wait_for_timeout(1000)
        page.unroute("**/board/stream", stream)
        measure.send("HeapProfiler.collectGarbage")
        told = {one["name"]: one["value"] for one in measure.send("Performance.getMetrics")["metrics"]}
        return {name: told[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}

    # Once the frames are over nothing else is heard, so that the last one stays.
    page.route("**/v1/board", lambda route: route.abort())
    few, many = counted_after(frames[:60]), counted_after(frames)
    assert many["Nodes"] <= few["Nodes"] * 1.02
    assert many["JSEventListeners"] <= few["JSEventListeners"]
    assert many["JSHeapUsedSize"] <= few["JSHeapUsedSize"] * 1.25


def test_what_changed_glows_once_and_stands_still_where_motion_is_not_wanted(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    found: dict[str, set[tuple[str, int]]] = {}
    for wish in ("no-preference", "reduce"):
        page = enter(mamuju, opened("office", reduced_motion=wish))
        expect(page.locator(".tile")).to_have_count(60)
        page.evaluate(
            """() => { window.told = [];
              const animate = Element.prototype.animate;
              Element.prototype.animate = function (frames, options) {
                window.told.push([this.className, options.duration]);
                return animate.call(this, frames, options);
              }; }"""
        )
        code = CODES[50 + len(found)]
        mamuju.reports(apel_id, [code], seed=DAY)
        expect(page.locator(f'.tile[data-code="{code}"]')).to_have_attribute("data-look", "good")
        found[wish] = {tuple(one) for one in page.evaluate("window.told")}
    assert ("tile", 600) in found["no-preference"]
    assert ("rate", 300) in found["no-preference"] or ("number", 300) in found["no-preference"]
    assert found["reduce"] == {("tile", 3000)}


def test_the_page_is_three_files_and_two_that_all_pages_share_and_is_drawn_within_a_second(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    context = opened("wall")
    page = enter(mamuju, context)
    expect(page.locator(".tile")).to_have_count(60)
    first_paint = []
    for _ in range(3):
        page.reload()
        expect(page.locator(".tile")).to_have_count(60)
        first_paint.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    files = {"/papan", "/papan/papan.css", "/papan/papan.js", "/bagian/base.js", "/bagian/session.js"}
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
    assert {path for path in loaded if not path.startswith("/v1/")} <= files
    sizes = {
        path: int(mamuju.town.client.get(path, headers={"accept-encoding": "gzip"}).headers["content-length"])
        for path in files
    }
    assert sum(sizes.values()) < 60_000
    assert min(first_paint) < 1000


def test_nobody_without_a_part_in_the_board_sees_it(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    mamuju.town.person("seseorang", Role.ASN, nip=mamuju.nips["DINKES"][1])
    page = enter(mamuju, opened("phone"), "seseorang")
    expect(page.get_by_role("heading", name="Akun ini tidak membaca papan.")).to_be_visible()
    expect(page.locator("#stage")).to_be_hidden()
