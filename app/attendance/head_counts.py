"""What a head count says about the claim that was drawn: the one finding that a room's number of people rests on."""

from typing import Any

from app.attendance.rules import FindingCode, Grade
from app.evidence.spot_rules import CheckState, HeadCount
from app.policies.rules import SpotCheckRules

Found = tuple[FindingCode, Grade, dict[str, Any]]


def judge_count(count: HeadCount | None, rules: SpotCheckRules) -> CheckState:
    if count is None:
        return CheckState.WAITING
    agrees = abs(count.difference) <= rules.tolerance(count.claim.heads)
    return CheckState.AGREES if agrees else CheckState.DIFFERS


def find_in_count(count: HeadCount, rules: SpotCheckRules) -> Found:
    """Suspicious however large the difference: a count is one person's at one moment, by camera only of those in view.

    What agrees is told as well, and costs nothing.
    """
    facts = {
        "heads": count.heads,
        "claimed": count.claim.heads,
        "wfo": count.claim.wfo,
        "others": count.claim.others,
        "difference": count.difference,
        "tolerance": rules.tolerance(count.claim.heads),
        "method": count.method.value,
        "report_version": count.claim.version,
        "spot_check_id": count.check_id,
    }
    if judge_count(count, rules) is CheckState.DIFFERS:
        return FindingCode.HEAD_COUNT_DIFFERS, Grade.SUSPICIOUS, facts
    return FindingCode.HEAD_COUNT_AGREES, Grade.OK, facts
