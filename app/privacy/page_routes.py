"""`/saya`: the page that a one-time link opens; `/v1/me/record` tells what it shows.

The link's secret stands behind the # and never reaches a server's log.
"""

from importlib.resources import files

from app.web.pages import page_router

router = page_router("/saya", "Data saya", files("app.privacy") / "page")
