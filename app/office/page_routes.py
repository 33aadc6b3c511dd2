"""`/kantor`: what the office reads and works off after the apel, and its console while it runs.

One page without a build step: its parts are modules that ask the API for what the reader may see.
"""

from importlib.resources import files

from app.web.pages import page_router

router = page_router("/kantor", "Kantor", files("app.office") / "page")
