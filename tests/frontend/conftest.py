"""The world of the system tests, for what is recorded of it."""

from tests.system.conftest import monday

__all__ = ["monday"]
