"""The service as `apel serve` runs it, on a day that a story chooses: a file says how far its clock is from ours."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app.cli.serving import GRACE_SECONDS, make_served
from app.core.clock import utc_now


def make_clocked() -> FastAPI:
    app = make_served()
    shift = Path(os.environ["STORY_CLOCK"])

    def now() -> datetime:
        return utc_now() + timedelta(seconds=float(shift.read_text("utf-8")))

    app.state.clock = now
    return app


if __name__ == "__main__":
    uvicorn.run(
        "tests.system.clocked:make_clocked",
        factory=True,
        port=int(sys.argv[1]),
        http="app.web.patience:PatientProtocol",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
