"""What the service tells others of its own accord; the names are part of the contract and never change."""

from enum import StrEnum


class Event(StrEnum):
    """The `type` of an announcement."""

    REPORT_MISSING = "report.missing"
    """OPDs have not reported some minutes before the deadline."""
    REPORT_RETURNED = "report.returned"
    APEL_CLOSED = "apel.closed"
    SCORES_FINAL = "scores.final"
    FINDING_TO_REVIEW = "finding.to_review"
    CIRCULAR_TO_ACKNOWLEDGE = "circular.to_acknowledge"
    WEBHOOK_TEST = "webhook.test"
    """Somebody tries whether a receiver hears us."""
