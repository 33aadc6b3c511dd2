"""The TPP room's November, whose pay an auditor calculates once more."""

from tests.tpp.conftest import november

__all__ = ["november"]
