"""The guide to objections names every address of the room's, and none that is not served."""

import re
from pathlib import Path

from app.core.settings import Settings
from app.main import create_app

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "panduan-keberatan.md").read_text("utf-8")


def test_the_addresses_named_are_those_that_are_served() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    named = set(re.findall(r"`(GET|POST) (/v1/[a-z_{}/-]+)`", GUIDE))
    assert named <= served
    assert {pair for pair in served if pair[1].startswith("/v1/attendance/")} <= named


def test_the_guide_is_reached_from_the_readme() -> None:
    assert "docs/panduan-keberatan.md" in (ROOT / "README.md").read_text("utf-8")
