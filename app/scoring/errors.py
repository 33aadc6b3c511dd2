"""The ways scoring says no."""

from app.core.errors import Invalid


class ScoreSpanInvalid(Invalid):
    """The span of days does not fit.

    Scores are read over at most {days} days, and a span ends after it begins."""


class ScorePeriodAmbiguous(Invalid):
    """Either a period or days.

    Ask for a period, or for days (`from`, `to`, `year`), not for both."""
