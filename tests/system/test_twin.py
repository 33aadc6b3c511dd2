"""Zoom at its worst, and attendance as it truly was: nobody credited for somebody else, nobody lost."""

import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.demo.twin import WORST
from tests.system.held import MINUTE, Regency
from tests.system.reported import differences_of, report_some

pytestmark = pytest.mark.system
FIRST, APELS = int(os.environ.get("APEL_TWIN_FIRST", "0")), int(os.environ.get("APEL_TWIN_APELS", "4"))
"""Which apels are held; `.ci/run` holds 200. A restart, which the first ones lack, is in the stories beside."""
Do = Callable[[Coroutine[Any, Any, Any]], Any]


async def _hold_all(regency: Regency, weeks: Iterable[int]) -> dict[int, list[str]]:
    wrong: dict[int, list[str]] = {}
    async with regency.opened():
        for week in weeks:
            held = await regency.plan(week)
            await regency.pass_to(held, held.story.plan.starts_at + 10 * MINUTE)
            claims = await report_some(regency, held)
            await regency.hold(held)
            if found := await differences_of(regency, held, claims):
                wrong[week] = found
    return wrong


@pytest.mark.timeout(1800)
def test_with_zoom_at_its_worst_attendance_is_what_truly_happened(run: Do, own_url: str, tmp_path: Path) -> None:
    regency = Regency(own_url, tmp_path, WORST)
    wrong = run(_hold_all(regency, range(FIRST, FIRST + APELS)))
    assert wrong == {}, _summary(wrong)
    met: Counter[str] = regency.account.calls
    for trouble in ("busy", "failed", "token refused", "page token refused") if APELS >= 7 else ():
        assert met[trouble] > 0, "the worst was not met"


def _summary(wrong: dict[int, list[str]]) -> str:
    return "\n".join(f"apel {week}: {len(lines)} differences, {lines[:5]}" for week, lines in wrong.items())
