"""The wall's line to the service: cut, refused by a proxy, taken up again; and a page whose files became new."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.regency import CODES, Regency
from tests.browser.test_papan_stands import enter, pair

pytestmark = pytest.mark.system
EVE, DAY = "2026-12-13", "2026-12-14"
HURRY = "const wait = setTimeout; setTimeout = (run, ms, ...given) => wait(run, ms === 600_000 ? 300 : ms, ...given);"
"""The page looks every ten minutes whether its files are new: here three times a second."""


@pytest.fixture(scope="session")
def eve(mamuju: Regency) -> str:
    """The day before an apel, when nothing happens."""
    mamuju.at("12:00", EVE)
    return mamuju.schedule(DAY)


@pytest.fixture(scope="session")
def apel_id(mamuju: Regency, eve: str) -> str:
    """The apel, open, with most reports in."""
    mamuju.at("07:40", DAY)
    mamuju.reports(eve, CODES[:50], seed=DAY)
    return eve


@contextmanager
def watched(mamuju: Regency, opened: Opener) -> Iterator[tuple[Page, dict[str, str]]]:
    """A page that looks often, and the digest that its style sheet is told to have by now."""
    context = opened("office")
    context.add_init_script(HURRY)
    told: dict[str, str] = {}

    def answer(route: Route) -> None:
        if told:
            route.fulfill(content_type="text/css", headers=told)
        else:
            route.continue_()

    context.route("**/papan.css", answer)
    page = enter(mamuju, context)
    page.locator("#stage").wait_for()
    with page.expect_response("**/papan.css"):
        pass
    page.evaluate("window.loaded = 'before'")
    yield page, told
    context.unroute_all(behavior="ignoreErrors")


def test_a_page_whose_files_became_new_loads_them_while_nothing_happens(
    mamuju: Regency, eve: str, opened: Opener
) -> None:
    with watched(mamuju, opened) as (page, told), page.expect_navigation():
        told["etag"] = '"new"'


def test_new_files_wait_for_the_end_of_an_apel(mamuju: Regency, apel_id: str, opened: Opener) -> None:
    with watched(mamuju, opened) as (page, told):
        told["etag"] = '"new"'
        for _ in range(3):
            with page.expect_response("**/papan.css"):
                pass
        assert page.evaluate("window.loaded") == "before"


def test_where_a_proxy_lets_no_stream_through_the_wall_asks_and_is_as_fresh(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    context = opened("office")
    context.route("**/board/stream", lambda route: route.fulfill(status=403, body="Forbidden"))
    page = enter(mamuju, context)
    expect(page.locator(".tile")).to_have_count(60)
    with page.expect_response(lambda answer: answer.url.endswith("/v1/board") and answer.status == 304):
        pass
    mamuju.reports(apel_id, [CODES[55]], seed=DAY)
    expect(page.locator(f'.tile[data-code="{CODES[55]}"]')).to_have_attribute("data-look", "good")
    page.wait_for_timeout(11_000)  # longer than data may be silent: answers without news are a sign of life too
    expect(page.locator("body")).to_have_attribute("data-old", "false")


def test_who_opens_another_unit_before_the_first_one_came_sees_the_second(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    page = enter(mamuju, opened("office"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/board/DISDAG", hold)
    page.route("**/board/DINSOS", lambda route: route.fulfill(status=502, body="<html>"))
    page.locator('.tile[data-code="DISDAG"]').click()
    page.keyboard.press("Escape")
    page.locator('.tile[data-code="DINKES"]').click()
    dialog = page.get_by_role("dialog", name="Dinas Kesehatan")
    expect(dialog).to_contain_text("Menurut revisi")
    [slow] = held
    with page.expect_response("**/board/DISDAG"):
        slow.continue_()
    page.wait_for_timeout(300)
    expect(dialog.locator(".state")).to_contain_text("DINKES")
    page.keyboard.press("Escape")
    page.locator('.tile[data-code="DINSOS"]').click()
    expect(page.get_by_role("dialog")).to_contain_text("Rincian belum dapat dibuka. Coba lagi.")


def test_a_screen_comes_back_by_itself_after_a_power_cut_and_asks_anew_when_taken_down(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    context = opened("wall")
    page, screen_id = pair(mamuju, context, "layar-lobi")
    expect(page.locator(".tile")).to_have_count(60)
    page.close()
    again = context.new_page()
    again.goto(f"{mamuju.town.client.base_url}/papan")
    expect(again.locator(".tile")).to_have_count(60)
    mamuju.kominfo.ask("DELETE", f"/v1/screens/{screen_id}", expect=(204,))
    again.reload()
    expect(again.locator(".pairing .code")).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    expect(again.locator("#stage")).to_be_hidden()


def test_a_restarted_service_is_found_again_and_until_then_the_data_say_their_age(
    mamuju: Regency, apel_id: str, opened: Opener
) -> None:
    page = enter(mamuju, opened("office"))
    expect(page.locator(".tile")).to_have_count(60)
    mamuju.town.stop()
    expect(page.locator("#stamp")).to_contain_text("data per 07.4")
    shown = page.locator("#time").text_content()
    expect(page.locator("#time")).not_to_have_text(shown or "")
    mamuju.town.start()
    expect(page.locator("#stamp")).to_contain_text("SEMENTARA")
