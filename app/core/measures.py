"""What this process counts about itself; `/metrics` shows it. Names and numbers only, never a person.

Each process counts for itself: with several workers a scrape shows the one that answered it, so that rates come out
right only when summed over scrapes of all; whoever needs exact ones runs one worker per address.
"""

from math import nan

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# A webhook is to be answered within 0.5 s, and is lost to Zoom's patience at 3 s.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "apel_http_requests", "Answers by route template and status.", ("method", "route", "status"), registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "apel_http_request_seconds", "Time to the end of the answer.", ("route",), buckets=_SECONDS, registry=REGISTRY
)
CONCLUDE_SECONDS = Histogram(
    "apel_conclude_seconds", "Concluding what is stale of one apel.", buckets=_SECONDS, registry=REGISTRY
)
LOOP_FAILURES = Counter("apel_loop_failures", "Failed turns of background loops.", ("loop",), registry=REGISTRY)
WEBHOOK_TRIES = Counter(
    "apel_webhook_tries", "Tries to deliver, by what came of them.", ("outcome",), registry=REGISTRY
)
JOB_FAILURES = Counter("apel_job_failures", "Turns of jobs that broke.", ("kind",), registry=REGISTRY)
DATABASE_UP = Gauge("apel_database_up", "1 when the database answered this scrape within a second.", registry=REGISTRY)
WAITING = Gauge(
    "apel_waiting",
    "Rows in the database that wait for work, or that nobody could use, when this was scraped.",
    ("queue",),
    registry=REGISTRY,
)

ZOOM_EVENT_AGE = Gauge("apel_zoom_last_event_age_seconds", "Since Zoom's last event came in.", registry=REGISTRY)
ZOOM_VALIDATION_AGE = Gauge(
    "apel_zoom_validation_age_seconds", "Since Zoom last validated the endpoint.", registry=REGISTRY
)
ZOOM_SEATS = Gauge("apel_zoom_seats", "Seats of the licence for the apels of these days.", registry=REGISTRY)
BOARD_STREAMS = Gauge("apel_board_streams", "Viewers of the board's stream in this process.", registry=REGISTRY)
BOARD_FRAMES = Counter("apel_board_frames", "Frames of the board as they were rendered.", registry=REGISTRY)
BOARD_FRAMES_SENT = Counter("apel_board_frames_sent", "Frames of the board sent to viewers.", registry=REGISTRY)
for _unknown in (ZOOM_EVENT_AGE, ZOOM_VALIDATION_AGE, ZOOM_SEATS):
    _unknown.set(nan)


def count_answer(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer under its route's template; a method or address that nobody serves makes no series of its own."""
    REQUESTS.labels(method if method in _METHODS else "other", route, status or "none").inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
