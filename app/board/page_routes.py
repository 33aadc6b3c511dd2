"""`/papan`: the wall. What it shows it asks the board for, as a screen that was paired or as who is signed in."""

from importlib.resources import files

from app.web.pages import page_router

router = page_router("/papan", "Papan", files("app.board") / "page")
