"""What operators work in: queues by keyboard, turns that two of them share, screens, a session that ends meanwhile."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Opener
from tests.browser.looking import assert_accessible, assert_fits, collect_errors
from tests.browser.mondays import HOSTILE, TODAY, Office
from tests.browser.signing import enter, go, sign_in

pytestmark = pytest.mark.system
MANY = 180
AT_ONCE = 1.0
"""Seconds from a key to the next item, on a busy machine; nobody waits for the service."""


def left(page: Page) -> int:
    return int(page.locator(".left").inner_text().split()[0])


def focused(page: Page) -> str:
    """The name that the focus is on."""
    name: str = page.evaluate("document.activeElement.querySelector('.name')?.textContent ?? ''")
    return name


def to_queue(context: BrowserContext, office: Office, username: str = "kominfo") -> Page:
    page = enter(context, office, username, "#/antrean")
    page.locator(".items button").first.wait_for()
    return page


def credited(office: Office) -> set[str]:
    """The people whom the service recognises at the apel that runs."""
    matched = office.kominfo.get(f"/v1/apel/{office.running}/participants?matched=true&limit=200")["items"]
    return {item["subject"]["asn_id"] for item in matched}


def choose(page: Page, name: str) -> None:
    page.locator(".items button").filter(has=page.get_by_text(name, exact=True)).click()


def test_hostile_display_names_are_text_and_stay_in_their_place(opened: Opener, office: Office) -> None:
    page = to_queue(opened("phone"), office)
    errors = collect_errors(page)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    names = page.locator(".items .name").all_inner_texts()
    assert HOSTILE[0] in names
    assert page.locator("main img").count() == 0
    assert not any("\u202e" in name for name in names)
    piled = next(name for name in names if name.startswith("Sit\u1ecb"))
    assert len(piled) < 10
    boxes = page.locator(".items button").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert max(boxes) < 100
    for name in (HOSTILE[0], "naupmerep gnaro", piled):
        choose(page, name)
        expect(page.locator(".detail h2")).to_have_text(name)
        assert_fits(page)
    assert_accessible(page)
    assert (errors, dialogs) == ([], [])


def test_one_key_assigns_and_the_focus_goes_on_to_the_next(opened: Opener, office: Office) -> None:
    page = to_queue(opened("office"), office)
    before = left(page)
    choose(page, "Andi Aminah")
    expect(page.locator(".choices kbd").first).to_have_text("1")
    candidate = page.locator(".choices strong").first.inner_text()
    page.keyboard.press("1")
    expect(page.locator(".note")).to_contain_text(f"Andi Aminah → {candidate}")
    assert left(page) == before - 1
    following = focused(page)
    assert following not in ("", "Andi Aminah")
    expect(page.locator("#said")).to_contain_text("tersisa")

    page.keyboard.press("j")
    assert focused(page) not in ("", following)
    page.keyboard.press("k")
    assert focused(page) == following
    page.keyboard.press("r")
    expect(page.locator("#remember")).to_be_checked()
    page.keyboard.press("r")
    page.keyboard.press("u")
    assert left(page) == before - 1
    expect(page.locator(".items button").last).to_contain_text("dilewati")
    assert office.people[candidate] in credited(office)

    page.keyboard.press("z")
    taken_back = f"Penetapan untuk Andi Aminah dibatalkan; {candidate} tidak lagi tercatat lewat perangkat ini."
    expect(page.locator(".note")).to_have_text(taken_back)
    expect(page.locator(".detail h2")).to_have_text("Andi Aminah")
    assert (focused(page), left(page)) == ("Andi Aminah", before)
    assert office.people[candidate] not in credited(office)
    page.keyboard.press("z")
    expect(page.locator("#said")).to_have_text("Belum ada yang dapat dibatalkan.")
    expect(page.locator(".note")).to_have_text(taken_back)
    page.keyboard.press("u")
    expect(page.locator(".items button").last).to_contain_text("Andi Aminah")
    assert office.people[candidate] not in credited(office)
    choose(page, "Andi Aminah")
    page.keyboard.press("o")
    expect(page.locator(".note")).to_contain_text("Andi Aminah → operator")
    assert office.people[candidate] not in credited(office)


def test_what_an_admin_had_remembered_is_forgotten_by_the_same_key(opened: Opener, office: Office) -> None:
    page = to_queue(opened("office"), office, "bkpp")
    known = office.kominfo.get("/v1/zoom/aliases?origin=decision")["items"]
    choose(page, "Budi Santoso")
    candidate = page.locator(".choices strong").first.inner_text()
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator(".note")).to_contain_text(f"Budi Santoso → {candidate}, juga untuk apel berikutnya.")
    assert len(office.kominfo.get("/v1/zoom/aliases?origin=decision")["items"]) == len(known) + 1
    page.keyboard.press("z")
    expect(page.locator(".note")).to_have_text(
        f"Penetapan untuk Budi Santoso dibatalkan; {candidate} tidak lagi tercatat lewat perangkat ini. "
        "Pengenalnya tidak lagi diingat untuk apel berikutnya."
    )
    assert focused(page) == "Budi Santoso"
    assert office.kominfo.get("/v1/zoom/aliases?origin=decision")["items"] == known
    assert office.people[candidate] not in credited(office)


def test_what_cannot_be_taken_back_is_said_with_who_is_credited(opened: Opener, office: Office) -> None:
    page = to_queue(opened("office"), office)
    path = f"/v1/apel/{office.running}/participants"
    choose(page, "Budi Santoso")
    candidate = page.locator(".choices strong").first.inner_text()
    page.keyboard.press("1")
    expect(page.locator(".note")).to_contain_text(f"Budi Santoso → {candidate}")
    page.route("**/unassign", lambda route: route.abort())
    page.keyboard.press("z")
    note = page.locator(".note")
    expect(note).to_contain_text("Penetapan untuk Budi Santoso belum pasti dibatalkan.")
    expect(note).to_contain_text(f"{candidate} masih tercatat lewat perangkat ini.")
    assert office.people[candidate] in credited(office)
    page.unroute("**/unassign")
    page.keyboard.press("z")
    expect(note).to_have_text(
        f"Penetapan untuk Budi Santoso dibatalkan; {candidate} tidak lagi tercatat lewat perangkat ini."
    )

    held = page.locator(".items button").last.locator(".name").inner_text()
    choose(page, held)
    page.route("**/assign", lambda route: (route.fetch(), route.abort()))
    page.keyboard.press("o")
    expect(note).to_contain_text("Layanan tidak menjawab.")
    page.unroute("**/assign")
    page.keyboard.press("z")
    expect(note).to_have_text(f"Penetapan untuk {held} dibatalkan; operator tidak lagi tercatat lewat perangkat ini.")

    choose(page, "Budi Santoso")
    page.keyboard.press("1")
    expect(page.locator(".note")).to_contain_text(f"Budi Santoso → {candidate}")
    matched = office.kominfo.get(f"{path}?matched=true&limit=200")["items"]
    (now,) = (one for one in matched if one["subject"]["asn_id"] == office.people[candidate])
    office.kominfo.post(f"{path}/{now['id']}/assign", {"opd_code": "TAPALANG"})
    page.keyboard.press("z")
    expect(note).to_contain_text("Penetapan untuk Budi Santoso tidak dibatalkan.")
    expect(note).to_contain_text("kominfo menetapkannya sebagai TAPALANG, dan itulah yang tercatat.")


def test_letters_typed_into_the_search_assign_nobody_and_a_room_can_be_found(opened: Opener, office: Office) -> None:
    page = to_queue(opened("office"), office)
    choose(page, "iPhone")
    before = left(page)
    page.keyboard.press("/")
    page.keyboard.type("tapalang")
    assert left(page) == before
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ruang Kec. Tapalang").click()
    expect(page.locator(".note")).to_contain_text("iPhone → ruang TAPALANG")
    rooms = office.kominfo.get(f"/v1/apel/{office.running}/participants?kind=room&opd_code=TAPALANG")["items"]
    assert [room["display_name"] for room in rooms] == ["iPhone"]


def test_a_second_operator_is_told_and_changes_nothing(opened: Opener, office: Office) -> None:
    first, second = to_queue(opened("office"), office), to_queue(opened("office"), office, "bkpp")
    for page in (first, second):
        choose(page, "Andi Lestari")
    first.keyboard.press("1")
    expect(first.locator(".note")).to_contain_text("Andi Lestari →")
    second.keyboard.press("o")
    expect(second.locator(".note")).to_contain_text("Operator lain mendahului Anda")
    expect(second.locator(".items").get_by_text("Andi Lestari", exact=True)).to_have_count(0)
    assert focused(second)


def test_a_finding_is_resolved_by_keyboard_and_a_colleagues_word_is_not_replaced(
    opened: Opener, office: Office
) -> None:
    def to_findings(username: str) -> Page:
        page = enter(opened("office"), office, username, "#/temuan")
        page.locator(".items button").first.wait_for()
        return page

    first, second = to_findings("kominfo"), to_findings("bkpp")
    before = left(first)
    second.locator(".items button").first.focus()
    second.keyboard.press("3")
    second.locator("#decided").select_option("TK")
    second.get_by_role("button", name="Salah dengar atau salah ketik.").click()

    first.locator(".items button").first.focus()
    first.keyboard.press("2")
    first.locator("#decided").select_option("H")
    first.locator("#note").focus()
    first.keyboard.type("Terlihat 45 menit di ruang rapat.")
    first.keyboard.press("Control+Enter")
    expect(first.locator(".left")).to_have_text(f"{before - 1} tersisa")
    expect(first.locator(".items button[aria-current=true]")).to_be_focused()
    expect(first.locator("#said")).to_contain_text("Terbukti")

    second.keyboard.press("Control+Enter")
    expect(second.locator(".note")).to_contain_text("Sudah diselesaikan oleh kominfo: Terbukti – H – Terlihat 45 menit")
    expect(second.locator(".left")).to_have_text(f"{before - 1} tersisa")
    found = office.kominfo.get(f"/v1/apel/{office.before}/findings?limit=200")["items"]
    resolved = [item["resolution"] for item in found if item["state"] == "resolved"]
    assert [(one["outcome"], one["status"], one["by"]) for one in resolved] == [("confirmed", "H", "kominfo")]


def test_two_operators_call_the_turns_and_nobody_is_skipped(opened: Opener, office: Office) -> None:
    first = enter(opened("office"), office, "kominfo", "#/giliran")
    second = enter(opened("phone"), office, "bkpp", "#/giliran")
    expect(second.locator(".now .code")).to_have_text("Belum dimulai")
    first.keyboard.press("Space")
    expect(first.locator(".now .code")).to_have_text("Disdik")
    expect(first.locator(".written")).to_contain_text("Tertulis: 18 wajib · 16 hadir")
    expect(first.locator(".next li").first).to_have_text("BKPP")
    # Before the other one's page knows of it, the same key is pressed there too.
    second.evaluate("document.querySelector('.big.main').click()")
    expect(second.locator(".now .code")).to_have_text("Disdik")
    calls = [turn["state"] for turn in office.kominfo.get(f"/v1/apel/{office.running}/turns")["items"]]
    assert calls[:2] == ["called", "waiting"]

    first.keyboard.press("a")
    expect(first.locator(".now .name")).to_contain_text("menjawab, sesuai laporan")
    first.keyboard.press("n")
    expect(second.locator(".now .code")).to_have_text("BKPP")
    first.keyboard.press("i")
    first.get_by_label("Hadir di kantor").fill("13")
    expect(first.locator(".spoken .sum")).to_contain_text("≠ terhitung 13 dari 16")
    first.get_by_label("Dinas luar").fill("3")
    expect(first.locator(".spoken .sum")).to_contain_text("✓ cocok")
    first.keyboard.press("Enter")
    expect(first.locator(".now .name")).to_contain_text("menjawab")
    first.keyboard.press("n")
    expect(first.locator(".now .code")).to_have_text("Dinkes")
    first.keyboard.press("x")
    expect(first.locator(".now .name")).to_contain_text("tidak menjawab")
    turns = office.kominfo.get(f"/v1/apel/{office.running}/turns")["items"]
    assert [turn["state"] for turn in turns[:4]] == ["answered", "answered", "no_answer", "waiting"]
    assert turns[1]["spoken"]["present"] == {"wfo": 13, "wfa": 0}


def test_what_was_said_stays_with_the_opd_that_said_it(opened: Opener, office: Office) -> None:
    """Two operators: the form is still open when the next OPD is called."""
    page = enter(opened("office"), office, "kominfo", "#/giliran")
    path = f"/v1/apel/{office.running}/turns"
    current = office.kominfo.get(path)["current"]
    answered = office.kominfo.post(f"{path}/next", {"after": current})["current"]
    expect(page.locator(".now .code")).not_to_have_text("Dinkes")
    shown = page.locator(".now .code").inner_text()
    page.locator(".console").focus()
    page.keyboard.press("i")
    page.get_by_label("Jumlah").fill("1")
    page.get_by_label("Hadir di kantor").fill("1")
    expect(page.locator(".spoken .sum")).to_contain_text("✓ cocok")
    following = office.kominfo.post(f"{path}/next", {"after": answered})["current"]
    expect(page.locator(".now .code")).not_to_have_text(shown)
    page.keyboard.press("Enter")
    expect(page.locator(".spoken")).to_have_count(0)
    said = {turn["opd_code"]: turn["spoken"] for turn in office.kominfo.get(path)["items"]}
    assert said[answered]["present"]["wfo"] == 1
    assert said[following] is None
    # Nobody is left behind: whoever did not answer may be called again from the list.
    skipped = page.get_by_role("button", name="Panggil ulang Dinkes")
    skipped.click()
    expect(page.locator(".now .code")).to_have_text("Dinkes")
    expect(page.locator(".console")).to_be_focused()


def test_the_deadline_is_moved_and_who_is_missing_is_ready_to_paste(opened: Opener, office: Office) -> None:
    page = enter(opened("phone"), office, "kominfo", "#/giliran")
    expect(page.get_by_text("tenggat laporan 08.30")).to_be_visible()
    page.get_by_role("button", name="Undur tenggat").click()
    page.get_by_role("button", name="+15 menit").click()
    expect(page.get_by_text("tenggat laporan 08.45")).to_be_visible()
    page.get_by_text("Teks pengingat untuk grup").first.click()
    reminder = page.get_by_role("textbox", name="Teks pengingat untuk grup")
    assert "Batas laporan pukul 08.45 WITA" in reminder.input_value()
    page.get_by_role("button", name="Tutup apel").click()
    page.get_by_role("button", name="Batal").click()
    assert office.kominfo.get(f"/v1/apel/{office.running}")["state"] == "open"


def test_a_television_is_paired_by_its_code_and_taken_down(opened: Opener, office: Office) -> None:
    page = enter(opened("office"), office, "kominfo", "#/layar")
    own = {"origin": str(office.town.client.base_url), "sec-fetch-site": "same-origin"}
    code = office.town.client.post("/v1/screens/pairings", headers=own).json()["code"]
    page.get_by_label("Kode di televisi").fill("AAAAAA")
    page.get_by_label("Nama layar ini").fill("aula")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).not_to_be_empty()
    page.get_by_label("Kode di televisi").fill(code.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="aula")).to_be_visible()
    page.get_by_role("button", name="Lepas aula").click()
    page.get_by_role("button", name="Ya, lepas aula").click()
    expect(page.get_by_text("Belum ada layar yang terpasang.")).to_be_visible()
    assert office.kominfo.get("/v1/screens")["items"] == []


def test_two_hundred_strangers_are_worked_off_without_a_wait(opened: Opener, office: Office) -> None:
    office.crowd(MANY)
    page = to_queue(opened("office"), office)
    before = left(page)
    assert before > MANY
    page.locator(".items button").first.focus()
    took = page.evaluate(
        """() => new Promise((done) => {
          const [list, start] = [document.querySelector('.items'), performance.now()];
          const first = document.activeElement.textContent;
          document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'o', bubbles: true }));
          const look = () => (list.contains(document.activeElement) && document.activeElement.textContent !== first
            ? done((performance.now() - start) / 1000) : requestAnimationFrame(look));
          look();
        })"""
    )
    assert took < AT_ONCE
    for _ in range(5):
        page.keyboard.press("o")
    # A key that is held down is one word, not many.
    page.locator(".items").evaluate("""() => document.activeElement.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'o', bubbles: true, repeat: true }))""")
    expect(page.locator(".left")).to_have_text(f"{before - 6} tersisa")
    assert focused(page)


def test_a_session_that_ended_is_begun_again_in_the_same_place(opened: Opener, office: Office) -> None:
    context = opened("office")
    page = to_queue(context, office)
    choose(page, "Sity Aminah")
    office.town.at(f"{TODAY} 08:29")
    context.clear_cookies()
    page.keyboard.press("o")
    expect(page.get_by_role("dialog", name="Masuk lagi")).to_be_visible()
    sign_in(page, office, "kominfo")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".note")).to_contain_text("Sity Aminah → operator")
    assert page.url.endswith("#/antrean")
    go(page, "#/giliran")
    expect(page.get_by_role("heading", level=1)).to_have_text("Giliran")


def test_who_signed_in_beside_is_not_who_acts_here(opened: Opener, office: Office) -> None:
    """Two windows of one browser have one cookie: what was pressed in the first is not sent for the second's person."""
    context = opened("office")
    page = to_queue(context, office)
    name = focused(page) or page.locator(".items .name").first.inner_text()
    choose(page, name)
    beside = context.new_page()
    beside.goto(f"{office.town.client.base_url}/kantor")
    beside.get_by_role("button", name="Keluar").click()
    sign_in(beside, office, "bkpp")
    beside.locator(".view h1").wait_for()
    with page.expect_navigation():
        page.keyboard.press("o")
    expect(page.locator("#who")).to_contain_text("Kepegawaian")
    expect(page.locator(".items").get_by_text(name, exact=True)).to_have_count(1)
