"""Two hours in which nothing arrives from Zoom: said while they last, blamed on nobody, repaired by the report."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.principal import Role
from app.core.settings import Settings
from app.zoom.payloads import clean
from tests.client import Api, serve
from tests.demo.twin import WORST
from tests.make import MONDAY
from tests.system.held import MINUTE, WEEK, Held, Regency
from tests.system.reported import differences_of, report_some

pytestmark = pytest.mark.system
Do = Callable[[Coroutine[Any, Any, Any]], Any]
NUMBER = 6
"""A sound check and a meeting in two pieces, so that no message and no guess would tell its window."""


@pytest.fixture
def regency(run: Do, own_url: str, tmp_path: Path) -> Iterator[Regency]:
    context = Regency(own_url, tmp_path, WORST, units=12, each=8).opened()
    yield run(context.__aenter__())
    run(context.__aexit__(None, None, None))


@pytest.fixture
def api(loop: asyncio.Runner, regency: Regency, settings: Settings) -> Iterator[Api]:
    with serve(loop, regency.sessions, settings, regency.now) as opened:
        yield opened


def _board(api: Api, regency: Regency, held: Held) -> dict[str, Any]:
    answer = api.as_(Role.BUPATI).at(regency.now).get(f"/v1/apel/{held.id}/board")
    assert answer.status_code == 200, answer.text
    board: dict[str, Any] = answer.json()
    return board


def _said(board: dict[str, Any]) -> tuple[str, str, set[str]]:
    """The state of the evidence, that of the report, and which lights are on."""
    health = board["evidence_health"]
    return health["state"], health["report"], {light["code"] for light in health["lights"]}


def _items(api: Api, regency: Regency, held: Held, what: str, **asked: str) -> list[dict[str, Any]]:
    """A whole list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = asked | {"limit": "50"} | ({"cursor": cursor} if cursor else {})
        page = api.as_(Role.ADMIN).at(regency.now).get(f"/v1/apel/{held.id}/{what}", params=params).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def _findings(api: Api, regency: Regency, held: Held) -> set[tuple[str, str]]:
    return {(item["code"], item["grade"]) for item in _items(api, regency, held, "findings")}


def test_an_outage_of_two_hours_is_said_on_the_board_and_repaired_by_the_report(
    run: Do, regency: Regency, api: Api
) -> None:
    starts = MONDAY + NUMBER * WEEK
    down = (starts - 20 * MINUTE, starts + 100 * MINUTE)
    held = run(regency.plan(NUMBER, [down]))
    assert not [at for at, _ in held.waiting if down[0] <= at < down[1]]

    run(regency.pass_to(held, starts + 20 * MINUTE))
    run(regency.watch())
    claims = run(report_some(regency, held))
    during = _board(api, regency, held)
    assert _said(during) == ("gap", "none", {"events"})

    run(regency.pass_to(held, down[1] - MINUTE))
    run(regency.watch())
    after_deadline = _board(api, regency, held)
    assert _said(after_deadline)[0] == "gap"
    assert {grade for _, grade in _findings(api, regency, held)} <= {"ok", "explainable"}
    assert "wfa-without-presence" not in {code for code, _ in _findings(api, regency, held)}

    run(regency.hold(held))
    assert run(differences_of(regency, held, claims)) == []
    repaired = _board(api, regency, held)
    assert _said(repaired) == ("good", "complete", {"merged"})
    assert repaired["revision"] > after_deadline["revision"]
    absent = {asn_id for asn_id in claims.wfa if not held.story.seconds().get(("person", asn_id))}
    assert absent
    assert "wfa-without-presence" in {code for code, _ in _findings(api, regency, held)}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(-90, 2000, id="everything"),
        pytest.param(-90, 10, id="until shortly after the start"),
        pytest.param(15, 400, id="from the middle until noon"),
    ],
)
def test_whatever_part_of_the_messages_is_lost_the_apel_ends_as_it_truly_was(
    run: Do, regency: Regency, api: Api, since: int, until: int
) -> None:
    starts = MONDAY + NUMBER * WEEK
    held = run(regency.plan(NUMBER, [(starts + since * MINUTE, starts + until * MINUTE)]))
    run(regency.pass_to(held, starts + 20 * MINUTE))
    claims = run(report_some(regency, held))
    run(regency.hold(held))
    assert run(differences_of(regency, held, claims)) == []
    assert _said(_board(api, regency, held)) == ("good", "complete", {"merged"})
    truth = held.story.seconds().items()
    seen = {who: seconds // 60 for (kind, who), seconds in truth if kind == "person" and seconds >= 60}
    marks = _items(api, regency, held, "attendance")
    assert len(marks) == len(regency.people)
    assert {mark["asn_id"]: mark["minutes"] for mark in marks if mark["basis"]["evidence"] and mark["minutes"]} == seen
    listed = {item["display_name"] for item in _items(api, regency, held, "participants", matched="false")}
    unmatched = [stay.guest for stay in held.story.unmatched() if not stay.guest.operator]
    assert {clean(guest.name) for guest in unmatched} <= listed
