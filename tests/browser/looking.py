"""What every page must stand: no violation that axe knows, nothing wider than the screen, no error in its console."""

import base64
import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

PICTURES = os.environ.get("APEL_PICTURES")
"""A folder that pictures are left in for people to look at; without it none are taken."""
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


_SPILLED = """all => all.filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.textContent}: ${one.scrollWidth} in ${one.clientWidth}`)"""


def assert_within(page: Page, selector: str) -> None:
    """What shows of these keeps to its own box, so that nothing stands on its neighbour."""
    assert page.locator(selector).evaluate_all(_SPILLED) == []


_CUT = """all => all.filter(one => one.checkVisibility()
  && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)).map(one => one.textContent)"""


def assert_whole(page: Page, selector: str) -> None:
    """Nothing of these words is cut off."""
    assert page.locator(selector).evaluate_all(_CUT) == []


def collect_errors(page: Page) -> list[str]:
    """Errors of the console and of scripts from now on; the list grows while the page lives."""
    told: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            told.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told


CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "white";
  };
  const ratio = (one, two) => {
    const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 1;
  const texts = [...document.querySelectorAll("body *")].filter((node) => seen(node)
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  const marks = [...document.querySelectorAll("svg.mark")].filter(seen);
  const told = (nodes, least) => nodes
    .map((node) => [node.tagName, node.textContent.slice(0, 40), ratio(getComputedStyle(node).color, ground(node))])
    .filter(([, , found]) => found < least);
  return [...told(texts, 7), ...told(marks, 3)];
}"""


def assert_contrast(page: Page) -> None:
    """Every text that shows has at least 7:1 on its ground, every mark 3:1; computed from the colours as they are."""
    assert page.evaluate(CONTRASTS) == []


def picture(page: Page, name: str, *, scale: float = 1) -> None:
    """What shows, as PNG; smaller than it is where a `scale` says so."""
    if not PICTURES:
        return
    page.wait_for_timeout(700)
    if scale == 1:
        page.screenshot(path=Path(PICTURES, f"{name}.png"))
        return
    size = dict(page.viewport_size or {})
    clip = {"x": 0, "y": 0, "scale": scale, **size}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "png", "clip": clip})
    Path(PICTURES, f"{name}.png").write_bytes(base64.b64decode(taken["data"]))
