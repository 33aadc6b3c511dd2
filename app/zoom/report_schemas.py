"""What operators read of the pulling of Zoom's report."""

from datetime import datetime

from app.core.fields import Read
from app.zoom.reconciling import PullState, RunSource, RunState


class RunRead(Read):
    """One run of the apel's meeting."""

    uuid: str
    started_at: datetime
    ended_at: datetime | None
    source: RunSource
    """From what presence is read: Zoom's report, a downloaded file, or its webhooks alone."""
    rows: int
    """Of the reading that was begun last."""
    total_records: int | None
    """How many rows there should be, as Zoom says."""
    state: RunState


class PullProgress(Read):
    rows: int
    total: int | None
    """Of the run that was read last."""
    runs: int
    runs_complete: int


class PullRead(Read):
    state: PullState
    error: str | None
    """Why it waits or was given up, as a code: `zoom-busy`, `zoom-unavailable`, `zoom-not-permitted`,
    `zoom-not-connected`, `report-incomplete`, `run-not-ended`, `no-run` …"""
    next_try_at: datetime | None
    turned_at: datetime | None
    """When it was worked on last."""
    progress: PullProgress
    runs: list[RunRead]
