"""The background round: everybody's apel, whatever is wrong with one."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.apel.models import TurnAct
from app.attendance.models import Conclusion
from app.attendance.service import conclude_due
from app.core.db import OpenSession
from tests.make import MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def test_an_apel_that_cannot_be_concluded_stops_no_other(make: Make, sessions: OpenSession, run: Run) -> None:
    make.opd("DISDIK")
    broken, sound_id = make.apel(MONDAY - timedelta(hours=3)), make.apel().id
    nonsense = TurnAct(apel_id=broken.id, opd_code="DISDIK", act="answer", at=MONDAY, by_id=uuid4(), figures={"x": 1})
    make.add(nonsense)
    with pytest.raises(TypeError):
        run(conclude_due(sessions, lambda: MONDAY + timedelta(hours=2)))
    concluded = run(make.session.scalars(select(Conclusion.apel_id))).all()
    assert concluded == [sound_id]
