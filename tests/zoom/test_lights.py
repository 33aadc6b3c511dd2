"""Which lights are on, each with its text in both languages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.apel.rules import ApelState
from app.attendance.watching import Watch
from app.core.texts import has_text
from app.evidence.rules import GapKind, GapSeen
from app.zoom.health import text_of
from app.zoom.lights import Light, LightCode, LightState, Standing, lights_of_apel, lights_of_service
from app.zoom.reconciling import PullState
from tests.make import MONDAY, ZONE
from tests.zoom.test_watch_rules import apel, minute, run

OVER = apel(run(-5, 30), held_to=30)
RUNNING = apel(run(-5))
NONE, WAITING, GIVEN_UP = PullState.NONE, PullState.WAITING, PullState.GIVEN_UP
LISTED = frozenset({"run"})


def gap(kind: GapKind, until: float | None = None, **facts: Any) -> GapSeen:
    return GapSeen(kind, minute(11), None if until is None else minute(until), None, facts)


@pytest.mark.parametrize(
    ("seen", "gaps", "listed", "report", "expected"),
    [
        (OVER, [], (), NONE, []),
        (apel(), [], (), NONE, []),
        (RUNNING, [gap(GapKind.SILENCE)], (), NONE, ["events bad: Zoom sunyi sejak 07.41 WITA."]),
        (OVER, [gap(GapKind.SILENCE, 31)], (), NONE,
         ["events attention: Zoom sunyi dari 07.41 WITA sampai 08.01 WITA."]),
        (OVER, [gap(GapKind.SILENCE, 31)], LISTED, NONE, []),
        (apel(held_to=30), [], (), NONE, ["events bad: Rapat apel ini tidak terlihat di Zoom."]),
        (
            apel(replace(run(-5, 30), gap=True), held_to=30),
            [],
            (),
            NONE,
            ["events attention: Awal atau akhir rapat Zoom tidak tertangkap."],
        ),
        (apel(replace(run(-5, 30), gap=True), held_to=30), [], LISTED, NONE, []),
        (
            OVER,
            [gap(GapKind.ENDPOINT, 29)],
            (),
            WAITING,
            [
                "endpoint attention: Layanan tidak menerima kiriman Zoom dari 07.41 WITA sampai 07.59 WITA.",
                "report attention: Laporan Zoom belum lengkap.",
            ],
        ),
        (RUNNING, [gap(GapKind.CLOCK_SKEW)], (), NONE,
         ["clock-skew bad: Kiriman Zoom disisihkan sejak 07.41 WITA karena jam berbeda."]),
        (RUNNING, [gap(GapKind.UNREAD)], (), NONE,
         ["unread bad: Ada peristiwa Zoom yang tidak terbaca sejak 07.41 WITA."]),
        (OVER, [gap(GapKind.SEATS, seats=100, most=100)], LISTED, NONE,
         ["seats bad: Kursi Zoom penuh sejak 07.41 WITA: 100 dari 100."]),
        (OVER, [gap(GapKind.SEATS, 20, cut=True)], LISTED, NONE,
         ["seats attention: Zoom memutus rapat pada 07.41 WITA karena batas lisensi."]),
        (RUNNING, [], (), WAITING, []),
        (OVER, [], (), GIVEN_UP, ["report bad: Laporan Zoom tidak dapat diambil sampai lengkap."]),
        (OVER, [], LISTED, GIVEN_UP, []),
        (apel(run(-5, 9), run(11, 30, uuid="again"), held_to=30), [], (), NONE,
         ["merged attention: Rapat terputus lalu dimulai lagi: 2 sesi digabung."]),
        (apel(run(-5, 30), run(0, 30, uuid="csv:x"), held_to=30), [], (), NONE, []),
    ],
)  # fmt: skip
def test_an_apel_shows(
    seen: Any, gaps: list[GapSeen], listed: frozenset[str], report: PullState, expected: list[str]
) -> None:
    lights = lights_of_apel(seen, Watch(tuple(gaps), frozenset(listed)), report)
    assert [f"{light.code} {light.state}: {text_of(light, 'id', ZONE)}" for light in lights] == expected


def test_of_one_code_the_gravest_is_shown_and_the_gravest_code_first() -> None:
    gaps = (gap(GapKind.UNREAD, 20), gap(GapKind.SILENCE, 20), gap(GapKind.SILENCE))
    lights = lights_of_apel(RUNNING, Watch(gaps), NONE)
    assert [(light.code, light.state) for light in lights] == [("events", "bad"), ("unread", "attention")]


def test_an_apel_without_a_meeting_has_no_lights() -> None:
    bare = replace(apel(numbers=()), state=ApelState.CLOSED)
    assert lights_of_apel(bare, Watch((gap(GapKind.SILENCE),)), GIVEN_UP) == []


FINE = Standing(
    secrets=True,
    account=True,
    seats=300,
    last_event_at=MONDAY,
    validated_at=MONDAY - timedelta(hours=70),
    asked_at=MONDAY,
    access="granted",
)


def service(standing: Standing) -> dict[str, tuple[str, str]]:
    return {light.code: (light.state, light.case) for light in lights_of_service(standing, [], MONDAY)}


def test_all_is_well_and_every_light_says_so() -> None:
    assert list(service(FINE)) == list(LightCode)
    assert set(service(FINE).values()) == {("ok", "ok")}


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        ({"secrets": False}, "endpoint", ("bad", "no-secret")),
        ({"refused_at": MONDAY}, "endpoint", ("attention", "refused")),
        ({"refused_at": MONDAY - timedelta(days=2)}, "endpoint", ("ok", "ok")),
        ({"seats": None}, "seats", ("ok", "unknown")),
        ({"last_event_at": None}, "events", ("ok", "none")),
        ({"aside": 3, "skew_seconds": -400}, "clock-skew", ("attention", "aside")),
        ({"failed": 1}, "unread", ("attention", "failed")),
        ({"validated_at": None}, "validation", ("attention", "never")),
        ({"validated_at": MONDAY - timedelta(hours=74)}, "validation", ("attention", "old")),
        ({"account": False}, "credentials", ("attention", "missing")),
        ({"access": None}, "credentials", ("attention", "unasked")),
        ({"access": "zoom-not-permitted"}, "credentials", ("bad", "refused")),
        ({"access": "zoom-unavailable"}, "credentials", ("attention", "unreachable")),
    ],
)
def test_the_service_shows(change: dict[str, Any], code: str, expected: tuple[str, str]) -> None:
    shown = service(replace(FINE, **change))
    assert shown.pop(code) == expected
    assert set(shown.values()) == {("ok", "ok")}


def test_an_apels_light_outshines_the_services_own() -> None:
    silent = Light(LightCode.EVENTS, LightState.BAD, "on", MONDAY)
    shown = {light.code: light for light in lights_of_service(FINE, [silent], MONDAY)}
    assert shown[LightCode.EVENTS] is silent


CASES = {
    "events": "ok none on was unseen lost",
    "endpoint": "ok was no-secret refused",
    "seats": "ok unknown on was cut",
    "clock-skew": "ok on was aside",
    "unread": "ok on was failed",
    "report": "ok incomplete given-up",
    "merged": "ok merged",
    "validation": "ok never old",
    "credentials": "ok missing unasked unreachable refused",
}


@pytest.mark.parametrize("code", LightCode)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_case_has_its_text(code: LightCode, language: Any) -> None:
    assert [case for case in CASES[code].split() if not has_text(language, f"light.{code}", case)] == []
