"""Accounts for the board's own tests."""

from tests.accounts.conftest import people

__all__ = ["people"]
