"""The operator's guide says what to do about every light, and names nothing that does not exist."""

import json
import re
from pathlib import Path

import pytest

from app.core.settings import Settings
from app.main import create_app
from app.zoom.lights import LightCode
from app.zoom.payloads import _MEANT, _STREAMED

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "panduan-zoom.md").read_text("utf-8")
NAMES = {f"APEL_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("code", LightCode)
def test_every_light_has_its_section_with_steps(code: LightCode) -> None:
    sections = re.split(r"^### ", GUIDE, flags=re.MULTILINE)[1:]
    [section] = [section for section in sections if section.startswith(f"Lampu `{code}`\n")]
    assert len(section) > 200


def test_no_section_is_about_a_light_that_does_not_exist() -> None:
    assert set(re.findall(r"^### Lampu `(.+)`$", GUIDE, re.MULTILINE)) == set(LightCode)


def test_every_variable_that_is_named_exists_and_every_one_of_zoom_is_named() -> None:
    named = {name.removesuffix("_FILE") for name in re.findall(r"APEL_[A-Z_]+[A-Z]", GUIDE)} - {"APEL_ID"}
    assert named <= NAMES
    assert named >= {name for name in NAMES if name.startswith("APEL_ZOOM")}


def test_every_address_that_is_named_is_served() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    served = {(method.upper(), _unnamed(path)) for path, methods in paths.items() for method in methods}
    named = re.findall(r"`(GET|POST|PATCH) (/v1/[a-z{}/-]+)", GUIDE)
    assert len(named) > 10
    assert {(method, _unnamed(path)) for method, path in named} - served == set()


def _unnamed(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


def test_the_guide_is_reached_from_the_readme() -> None:
    assert "docs/panduan-zoom.md" in (ROOT / "README.md").read_text("utf-8")


def test_the_links_inside_lead_somewhere() -> None:
    heads = re.findall(r"^##+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#(.+?)\)", GUIDE)) <= anchors


def test_the_events_to_subscribe_to_are_those_that_are_used() -> None:
    events = json.loads((ROOT / "tests" / "demo" / "spec" / "webhook-events.json").read_text("utf-8"))["events"]
    named = set(re.findall(r"`((?:meeting|webinar)\.[a-z_]+)`", GUIDE))
    streamed = {name for name in _STREAMED if name.startswith("meeting.")}
    assert named == set(_MEANT) | streamed
    assert {name for name in named - streamed if name.startswith("meeting.")} <= set(events)
