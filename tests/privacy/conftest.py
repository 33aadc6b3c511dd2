from tests.tpp.conftest import november  # noqa: F401 — the same November
