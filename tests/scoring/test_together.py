"""Scores asked for at once, over connections of their own, while reports come in."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.core.principal import Role
from app.core.settings import Settings
from app.scoring.models import Score, ScoreRun
from tests.client import serve
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make
from tests.monday import claim
from tests.scoring.conftest import Season


@pytest.fixture
def crowd(loop: asyncio.Runner, own_url: str, settings: Settings) -> Iterator[Season]:
    """A season whose callers have connections of their own."""
    engine = create_async_engine(own_url, pool_size=10)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    with serve(loop, sessions, settings, MONDAY) as api:
        yield Season(api, Make(session, loop.run))
    loop.run(session.close())
    loop.run(engine.dispose())


def test_several_who_ask_at_once_get_the_same_scores_while_others_report(crowd: Season) -> None:
    for code in ("DISDIK", "DINKES", "PUPR"):
        crowd.opd(code, people=2)
    apel = crowd.apel()
    crowd.present(apel, "DISDIK", 2, of=2)
    kominfo = crowd.after(apel).as_(Role.KOMINFO)
    path = f"/v1/apel/{apel.id}"
    late = claim(2, 2) | {"channel": "phone", "caller": "Camat"}
    asked = [("POST", f"{path}/scores", None)] * 4
    answers = kominfo.together(*asked, ("PUT", f"{path}/reports/DINKES", late), *asked)
    assert [answer.status_code for answer in answers] == [200] * 4 + [201] + [200] * 4
    answers = kominfo.together(*asked, *asked)
    bodies = [answer.json() for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert {row["opd_code"]: row["rate"]["numerator"] for row in bodies[0]["opd"]} == {
        "DINKES": 2,
        "DISDIK": 2,
        "PUPR": 0,
    }
    session = crowd.make.session
    kept = crowd.make._run(session.execute(select(func.count(Score.opd_code.distinct()), func.count()))).one()
    assert tuple(kept) == (3, 3)
    assert crowd.make._run(session.scalar(select(func.count()).select_from(ScoreRun))) == 1
