"""The ways a simulation says no."""

from app.core.errors import Invalid


class SimulationSpanInvalid(Invalid):
    """The span of days does not fit.

    A simulation looks at {days} days at most, and a span ends after it begins."""
