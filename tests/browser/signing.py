"""Signing in on the office's page, as a person does."""

from playwright.sync_api import BrowserContext, Page

from tests.browser.mondays import Office


def enter(context: BrowserContext, office: Office, username: str, view: str = "#/") -> Page:
    """A page on which this person is signed in and sees the view."""
    page = context.new_page()
    page.goto(f"{office.town.client.base_url}/kantor{view}")
    sign_in(page, office, username)
    page.locator(".view h1").wait_for()
    return page


def sign_in(page: Page, office: Office, username: str) -> None:
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(office.password(username))
    page.get_by_role("button", name="Masuk", exact=True).click()


def go(page: Page, view: str) -> None:
    """To another view, without leaving the page."""
    page.evaluate("(view) => { location.hash = view; }", view)
