"""What every page must stand: no violation that axe knows, nothing wider than the screen, no error in its console."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe finds; the contrast of every theme included."""
    found = Axe().run(page, options=RULES)
    told = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found.response["violations"]]
    assert not told, told


def assert_fits(page: Page) -> None:
    """Nobody scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def collect_errors(page: Page) -> list[str]:
    """Errors of the console and of scripts from now on; the list grows while the page lives."""
    told: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            told.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told
