"""Policies as other places rule it, to start from: complete documents, marked CONTOH, none of them verified."""

from importlib.resources import files

DEFAULT = "default"
"""The policy that ships."""


def list_examples() -> dict[str, str]:
    """Name → the file's text, with its comments."""
    shipped = files("app.policies") / "default.yaml"
    others = {entry.name.removesuffix(".yaml"): entry for entry in files(__package__).iterdir()}
    found = {name: others[name] for name in sorted(others) if others[name].name.endswith(".yaml")}
    return {name: entry.read_text("utf-8") for name, entry in ({DEFAULT: shipped} | found).items()}
