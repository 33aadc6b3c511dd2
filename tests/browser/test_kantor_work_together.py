"""What must not land on somebody else: turns that moved on meanwhile, lines that hang, acts of who signed in before."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.mondays import Office
from tests.browser.signing import enter, sign_in

pytestmark = pytest.mark.system
HASTE = """() => {
  const patient = AbortSignal.timeout;
  AbortSignal.timeout = () => patient.call(AbortSignal, 500);
  globalThis.patiently = () => { AbortSignal.timeout = patient; };
}"""
"""Answers have half a second until `patiently()`."""


ENDED: dict[str, Any] = {
    "status": 401,
    "content_type": "application/problem+json",
    "body": '{"title":"Sesi berakhir.","status":401}',
}
NO: dict[str, Any] = {
    "status": 503,
    "content_type": "application/problem+json",
    "body": '{"title":"Sebentar lagi.","status":503}',
}


def hold(page: Page, path: str) -> list[Route]:
    """The requests to this path, none of which is answered."""
    held: list[Route] = []
    page.route(path, lambda route: held.append(route))  # noqa: PLW0108 — Playwright marks what it is given
    return held


def until_held(page: Page, held: list[Route]) -> Route:
    while not held:
        page.wait_for_timeout(50)
    return held[0]


def turn(office: Office, code: str) -> dict[str, Any]:
    turns = office.kominfo.get(f"/v1/apel/{office.running}/turns")["items"]
    return next(one for one in turns if one["opd_code"] == code)


def call(office: Office, code: str) -> None:
    """Another operator calls an OPD, whatever became of it before."""
    act = "call" if turn(office, code)["state"] == "waiting" else "recall"
    office.town.admin.post(f"/v1/apel/{office.running}/turns/{code}/{act}")


def waiting_in(office: Office) -> list[str]:
    """Whom nobody has called yet, in their order."""
    turns = office.kominfo.get(f"/v1/apel/{office.running}/turns")["items"]
    return [one["opd_code"] for one in turns if one["state"] == "waiting"]


def to_turns(opened: Opener, office: Office, code: str) -> Page:
    """The console, once this OPD has the turn on it."""
    call(office, code)
    page = enter(opened("office"), office, "kominfo", "#/giliran")
    expect(page.locator(".now .code")).to_have_text(turn(office, code)["short_name"])
    return page


def test_figures_stay_with_the_opd_that_said_them_and_every_opd_can_be_called_again(
    opened: Opener, office: Office
) -> None:
    page = to_turns(opened, office, "DISHUB")
    page.keyboard.press("i")
    call(office, "DLH")
    expect(page.locator(".now .code")).to_have_text("DLH")
    page.get_by_label("Hadir di kantor").fill("8")
    page.keyboard.press("Enter")
    expect(page.locator("main .note")).to_have_text("Tercatat untuk Dishub. Giliran sekarang: DLH.")
    assert turn(office, "DISHUB")["spoken"]["present"] == {"wfo": 8, "wfa": 0}
    assert (turn(office, "DLH")["state"], turn(office, "DLH")["spoken"]) == ("called", None)

    call(office, "DISHUB")
    page.get_by_role("button", name="Panggil ulang DLH").click()
    expect(page.locator(".now .code")).to_have_text("DLH")
    page.keyboard.press("x")
    expect(page.locator(".now .name")).to_contain_text("tidak menjawab")
    call(office, "DISHUB")
    expect(page.locator(".now .code")).to_have_text("Dishub")
    expect(page.get_by_role("button", name="Panggil ulang DLH")).to_be_visible()


def test_one_press_calls_one_and_letters_go_on_working_after_the_last_opd(opened: Opener, office: Office) -> None:
    page = to_turns(opened, office, "DISHUB")
    first, second, *waiting = waiting_in(office)
    page.get_by_role("button", name="Panggil berikut").dblclick()
    expect(page.locator(".now .code")).to_have_text(turn(office, first)["short_name"])
    for _ in range(3):
        page.keyboard.down("Enter")
        page.wait_for_timeout(150)
    page.keyboard.up("Enter")
    expect(page.locator(".now .code")).to_have_text(turn(office, second)["short_name"])
    assert waiting_in(office) == waiting, "one press calls one"
    for code in waiting[:-1]:
        call(office, code)
    expect(page.locator(".next li")).to_have_count(1)
    page.keyboard.press("n")
    expect(page.get_by_text("Semua sudah dipanggil.")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("Escape")
    expect(page.locator(".spoken")).to_have_count(0)
    page.keyboard.press("x")
    expect(page.locator(".now .name")).to_contain_text("tidak menjawab")
    page.reload()
    expect(page.locator(".now .name")).to_contain_text("tidak menjawab")
    expect(page.locator(".console")).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator(".now .name")).not_to_contain_text("tidak menjawab")
    assert turn(office, [first, second, *waiting][-1])["state"] == "called"


def test_an_older_look_never_overwrites_a_newer_turn(opened: Opener, office: Office) -> None:
    call(office, "TAPALANG")
    page = to_turns(opened, office, "DISHUB")
    held = hold(page, "**/turns")
    call(office, "DLH")
    older = until_held(page, held).fetch()
    page.get_by_role("button", name="Panggil ulang Kec. Tapalang").click()
    expect(page.locator(".now .code")).to_have_text("Kec. Tapalang")
    held[0].fulfill(response=older)
    page.wait_for_timeout(200)
    assert page.locator(".now .code").inner_text() == "Kec. Tapalang"


def test_a_line_that_hangs_is_told_and_the_keys_are_free_again(opened: Opener, office: Office) -> None:
    page = to_turns(opened, office, "DISHUB")
    hold(page, "**/answer")
    page.evaluate(HASTE)
    page.keyboard.press("a")
    page.evaluate("patiently()")
    expect(page.locator("main .note")).to_contain_text("Layanan tidak menjawab.")
    page.unroute("**/answer")
    page.keyboard.press("a")
    expect(page.locator(".now .name")).to_contain_text("menjawab, sesuai laporan")


def test_a_held_key_assigns_one_and_what_fails_leaves_the_search_alone(opened: Opener, office: Office) -> None:
    page = enter(opened("office"), office, "kominfo", "#/antrean")
    page.locator(".items button").first.focus()
    before = page.locator(".left").inner_text()
    first, second = page.locator(".items .name").all_inner_texts()[:2]
    held = hold(page, "**/assign")
    for _ in range(4):
        page.keyboard.down("o")
    page.keyboard.up("o")
    expect(page.locator(".detail h2")).to_have_text(second)
    page.keyboard.press("/")
    page.keyboard.type("andi")
    until_held(page, held).fulfill(**NO)
    expect(page.locator("main .note")).to_have_text("Sebentar lagi.")
    page.keyboard.type("o1")
    expect(page.locator(".detail h2")).to_have_text(second)
    expect(page.locator("#search")).to_have_value("andio1")
    expect(page.locator(".left")).to_have_text(before)
    expect(page.locator(".items button").filter(has_text="belum tersimpan").locator(".name")).to_have_text(first)
    assert len(held) == 1
    page.locator(".detail .tools button").first.dblclick()
    expect(page.locator(".detail h2")).not_to_have_text(second)
    page.wait_for_timeout(200)
    assert len(held) == 2


def test_a_note_outlives_the_failure_of_another_one_and_its_own(opened: Opener, office: Office) -> None:
    page = enter(opened("office"), office, "kominfo", "#/temuan")
    page.locator(".items button").first.focus()
    held = hold(page, "**/resolve")
    for said, keys in (("Ditelepon.", "Control+Enter"), ("Sinyal", "Escape")):
        page.keyboard.press("1")
        if page.locator("#decided").count():
            page.locator("#decided").select_option("H")
        page.locator("#note").focus()
        page.keyboard.type(said)
        page.keyboard.press(keys)
        expect(page.locator(".items [aria-current=true]")).to_be_focused()
    until_held(page, held).fulfill(**NO)
    expect(page.locator("main .note")).to_have_text("Sebentar lagi.")
    expect(page.locator("#note")).to_have_value("Sinyal")
    expect(page.locator(".items [aria-current=true]")).to_be_focused()
    page.locator(".items button").filter(has_text="belum tersimpan").click()
    expect(page.locator("#note")).to_have_value("Ditelepon.")


def test_what_one_person_sent_is_not_sent_again_for_the_next_who_signs_in(opened: Opener, office: Office) -> None:
    context = opened("office")
    page = enter(context, office, "kominfo", "#/antrean")
    page.locator(".items button").first.focus()
    sent = hold(page, "**/assign")
    page.keyboard.press("o")
    context.clear_cookies()
    until_held(page, sent).fulfill(**ENDED)
    again = page.get_by_role("dialog", name="Masuk lagi")
    page.get_by_label("Nama pengguna").wait_for()
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(again).to_be_visible()
    # Who it is must be known, also when the first question about it is lost.
    page.route("**/v1/me", lambda route: route.abort(), times=1)
    sign_in(page, office, "bkpp")
    expect(page.locator("#who")).to_contain_text("Kepegawaian")
    page.locator(".items button").first.wait_for()
    assert len(sent) == 1
