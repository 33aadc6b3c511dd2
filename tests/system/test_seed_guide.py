"""The page that leads from the news reports to the features names only what exists."""

import re
from pathlib import Path

import pytest

from app.core.settings import Settings
from app.main import create_app

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "lima-berita.md").read_text("utf-8")
CODES = {line.split()[0] for line in (ROOT / "tests" / "web" / "codes.txt").read_text("utf-8").splitlines()[1:]}


def unnamed(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


def test_every_address_of_the_page_is_served() -> None:
    served = [unnamed(path) for path in create_app(Settings()).openapi()["paths"]]
    named = re.findall(r"(/v1/[a-z_{}/-]*[a-z}])(/…)?", GUIDE)
    assert len(named) > 20
    wrong = [
        path
        for path, more in named
        if not any(one == unnamed(path) or (more and one.startswith(unnamed(path) + "/")) for one in served)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", re.findall(r"`(tests/system/test_seed_\w+\.py)`", GUIDE))
def test_every_story_that_the_page_names_is_told(file: str) -> None:
    assert (ROOT / file).exists()


def test_all_five_reports_have_a_story() -> None:
    assert len(set(re.findall(r"`(tests/system/test_seed_\w+\.py)`", GUIDE))) == 5


def test_every_refusal_of_the_page_exists() -> None:
    assert set(re.findall(r"galat `([a-z-]+)`", GUIDE)) <= CODES


def test_the_page_is_reached_from_the_readme() -> None:
    assert "docs/lima-berita.md" in (ROOT / "README.md").read_text("utf-8")
