"""Mondays that end in scores, for what is asked about their rules."""

from tests.scoring.conftest import season

__all__ = ["season"]
