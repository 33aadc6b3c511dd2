"""`/lapor`: an OPD's report from a phone, which works without a line once it was loaded.

The worker at `/lapor/sw.js` keeps the page's own files; what the page keeps of people is bound to account and day.
"""

from importlib.resources import files

from app.web.pages import page_router

router = page_router(
    "/lapor",
    "Lapor",
    files("app.reports") / "page",
    headers={"service-worker-allowed": "/lapor"},
    worker="sw.js",
    shares=("base.css", "base.js", "session.js"),
)
