"""A real browser for the pages: Debian's Chromium without a window; where there is none, these tests say so."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.mondays import MONDAYS, Office, build
from tests.browser.regency import Regency, regency
from tests.browser.yard import STRENGTHS, Yard, settle
from tests.conftest import administer, database_url, in_own_thread
from tests.system.town import Run, founded

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Root has no sandbox, and nothing but the page itself shall reach for the network."""
SIZES = {"wall": (1920, 1080), "office": (1366, 768), "phone": (390, 844)}
"""The three sizes at which every page is looked at."""
Theme = Literal["light", "dark"]
Opener = Callable[..., BrowserContext]
PATIENCE = 60_000
"""Milliseconds for what a page shall come to show, on a machine that is busy with other tests."""
LOCALE: dict[str, Any] = {"locale": "id-ID"}


def window(size: str) -> dict[str, Any]:
    width, height = SIZES[size]
    return {"viewport": {"width": width, "height": height}}


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    program = find_chromium()
    if program is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing, and in CI its tests may not be skipped.")
    return program or pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="module")
def browser(chromium: str, template: str, loop: asyncio.Runner) -> Iterator[Browser]:
    """Opened after, and closed before, what the tests of other files run on their own event loop."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def run() -> Run:
    return in_own_thread


@pytest.fixture(scope="session")
def mamuju(
    chromium: str, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Regency]:
    """Sixty OPDs, founded once for all files; the story's clock only moves on, so that its Monday comes first."""
    name = f"apel_papan_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    with regency(in_own_thread, database_url(server_url, name), tmp_path_factory.mktemp("mamuju")) as built:
        yield built
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Makes browser windows of a size and theme, as separate people have them: `opened("phone", "dark")`."""
    contexts = []

    def make(size: str = "wall", theme: Theme = "light", **options: Any) -> BrowserContext:
        context = browser.new_context(**window(size), **LOCALE, color_scheme=theme, **options)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def office(chromium: str, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One regency for all tests of the office's page, on its Monday at 07.45; its clock only goes on."""
    name = f"{template}_office"
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    place = (f"{MONDAYS[0]} 06:00", "Asia/Makassar", "Pemerintah Kabupaten Mamuju")
    with founded(in_own_thread, database_url(server_url, name), tmp_path_factory.mktemp("office"), *place) as town:
        yield build(town)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def yard(chromium: str, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """A regency on its Monday morning; every story has an OPD of its own there."""
    name = f"{template}_yard"
    place = ("Asia/Makassar", "Pemerintah Kabupaten Mamuju")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    url, data = database_url(server_url, name), tmp_path_factory.mktemp("yard")
    with founded(in_own_thread, url, data, "2026-11-22 09:00", *place) as town:
        yield settle(town, STRENGTHS, {"SD1": "DISDIK"})
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")
