"""Whoever decides about a finding that was decided has seen what was decided, or is told."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.attendance.models import FindingResolution
from app.core.principal import Role
from app.core.settings import Settings
from tests.accounts.conftest import Run
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.make import Make
from tests.monday import DUE, NUMBER, Story, claim, naming

LATER = DUE + timedelta(minutes=5)
PRESENT = {"outcome": "explained", "status": "H", "note": "Terlihat sepanjang apel"}
ABSENT = {"outcome": "confirmed", "status": "TK", "note": "Perangkat dipinjam"}
ILL = {"outcome": "dismissed", "status": "S", "note": "Surat dokter menyusul"}


def dispute(api: Api, make: Make) -> Story:
    """Reported as unexplained, and seen."""
    make.opd("DISDIK")
    accused = make.asn(name="Tuti Ada", nip="198501012010012006")
    story = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.joins("[DISDIK] 2006 Tuti")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (accused, "TK", None)))
    return story


def disputed(story: Story) -> dict[str, Any]:
    items = story.api.as_(Role.ADMIN).at(DUE).get(story.path("findings")).json()["items"]
    found: dict[str, Any] = next(one for one in items if one["code"] == "unexplained-but-connected")
    return found


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    return dispute(api, make)


@pytest.fixture
def path(story: Story) -> str:
    return f"/v1/findings/{disputed(story)['id']}"


def test_another_word_that_names_none_is_refused_and_told_what_stands(story: Story, path: str) -> None:
    first = story.api.as_(Role.KOMINFO).at(DUE).post(f"{path}/resolve", PRESENT)
    assert (first.status_code, first.headers["etag"], first.json()["version"]) == (200, '"1"', 1)
    refused = story.api.as_(Role.ADMIN).at(LATER).post(f"{path}/resolve", ABSENT)
    told = refused.json()
    assert refused.status_code == 428
    assert {name: told[name] for name in ("code", "title", "detail", "errors")} == {
        "code": "finding-resolved",
        "title": "Temuan ini sudah diselesaikan.",
        "detail": "Diputuskan oleh uji-kominfo. Baca putusannya, lalu kirim versinya (1) di header If-Match bila "
        "putusan Anda yang harus berlaku.",
        "errors": [{"pointer": "/outcome", "detail": "Yang tercatat sekarang: dijelaskan."}],
    }
    english = {"accept-language": "en"}
    refused = story.api.as_(Role.ADMIN).at(LATER).post(f"{path}/resolve", ABSENT, headers=english)
    assert refused.json()["detail"].startswith("uji-kominfo decided it. Read how, and send that version (1)")
    assert refused.json()["errors"] == [{"pointer": "/outcome", "detail": "On record now: explained."}]
    assert story.marks()["Tuti Ada"]["status"] == "H"


def test_a_change_of_mind_names_what_it_replaces_and_counts(story: Story, path: str) -> None:
    admin = story.api.as_(Role.ADMIN).at(DUE)
    read = admin.get(path)
    assert (read.json()["version"], read.headers["etag"]) == (0, '"0"')
    seen = [admin.post(f"{path}/resolve", PRESENT, headers={"if-match": '"0"'})]
    for word in (ABSENT, ILL):
        seen.append(admin.post(f"{path}/resolve", word, headers={"if-match": seen[-1].headers["etag"]}))
    assert [(one.status_code, one.json()["version"]) for one in seen] == [(200, 1), (200, 2), (200, 3)]
    assert story.marks()["Tuti Ada"]["status"] == "S"
    assert (disputed(story)["version"], disputed(story)["resolution"]["note"]) == (3, ILL["note"])
    shown = admin.get(story.path("board/DISDIK")).json()["findings"]
    assert [one["version"] for one in shown if one["code"] == "unexplained-but-connected"] == [3]


def test_a_word_on_a_version_that_was_replaced_is_refused(story: Story, path: str) -> None:
    admin = story.api.as_(Role.ADMIN).at(DUE)
    admin.post(f"{path}/resolve", PRESENT)
    admin.post(f"{path}/resolve", ABSENT, headers={"if-match": '"1"'})
    for stale in ('"1"', '"0"', '"7"', '"kemarin"'):
        refused = admin.post(f"{path}/resolve", ILL, headers={"if-match": stale})
        assert (refused.status_code, refused.json()["code"]) == (412, "finding-resolved-anew")
    assert refused.json()["detail"].startswith("Diputuskan oleh uji-admin. ")
    assert refused.json()["errors"] == [{"pointer": "/outcome", "detail": "Yang tercatat sekarang: terbukti."}]
    assert story.marks()["Tuti Ada"]["status"] == "TK"


def test_a_word_on_a_version_that_never_was_is_refused(story: Story, path: str) -> None:
    refused = story.api.as_(Role.ADMIN).at(DUE).post(f"{path}/resolve", PRESENT, headers={"if-match": '"1"'})
    assert (refused.status_code, refused.json()["code"]) == (412, "version-mismatch")
    assert disputed(story)["state"] == "open"


def test_a_request_repeated_with_its_key_is_answered_the_same_also_once_it_was_replaced(
    story: Story, path: str
) -> None:
    first, second = story.api.as_(Role.KOMINFO).at(DUE), story.api.as_(Role.ADMIN)
    key = {"idempotency-key": "temuan-1"}
    made = first.post(f"{path}/resolve", PRESENT, headers=key)
    second.at(LATER).post(f"{path}/resolve", ABSENT, headers={"if-match": made.headers["etag"]})
    again = first.post(f"{path}/resolve", PRESENT, headers=key)
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, made.json(), '"1"')
    assert again.headers["idempotency-replayed"] == "true"
    assert first.post(f"{path}/resolve", ABSENT, headers=key).json()["code"] == "idempotency-key-reused"
    assert (disputed(story)["version"], story.marks()["Tuti Ada"]["status"]) == (2, "TK")


def test_a_word_is_later_than_the_one_it_replaces_whatever_the_clock_says(story: Story, path: str) -> None:
    """Two machines serve, and one of them is a few minutes behind."""
    story.api.as_(Role.KOMINFO).at(LATER).post(f"{path}/resolve", PRESENT)
    replaced = story.api.as_(Role.ADMIN).at(DUE).post(f"{path}/resolve", ABSENT, headers={"if-match": '"1"'})
    assert replaced.json()["resolution"]["status"] == "TK"
    assert story.marks(LATER)["Tuti Ada"]["status"] == "TK"


@pytest.fixture
def apart(loop: asyncio.Runner, own_url: str, settings: Settings) -> Iterator[tuple[Story, AsyncSession]]:
    """The same with a database and connections of its own."""
    engine = create_async_engine(own_url, pool_size=12)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    with serve(loop, sessions, settings, DUE) as api:
        yield dispute(api, Make(session, loop.run)), session
    loop.run(session.close())
    loop.run(engine.dispose())


@pytest.mark.parametrize("kept", [None, '"1"'], ids=["of an open finding", "of one that both saw decided"])
def test_of_two_at_once_one_counts_and_the_other_is_told(
    apart: tuple[Story, AsyncSession], run: Run, kept: str | None
) -> None:
    story, session = apart
    path = f"/v1/findings/{disputed(story)['id']}/resolve"
    before = [ILL] if kept else []
    for word in before:
        assert story.api.as_(Role.ADMIN).at(DUE).post(path, word).status_code == 200
    headers = {"if-match": kept} if kept else {}

    async def race() -> list[Any]:
        asked = [
            story.api.as_(role).ask("POST", path, json=word | {"note": f"{word['note']} {number}"}, headers=headers)
            for number, (role, word) in enumerate([(Role.KOMINFO, PRESENT), (Role.ADMIN, ABSENT)] * 3)
        ]
        return await asyncio.gather(*asked)

    answers = run(race())
    won = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert len(won) == 1
    assert set(lost) == {"finding-resolved-anew" if kept else "finding-resolved"}
    notes = run(session.scalars(select(FindingResolution.note).order_by(FindingResolution.at))).all()
    assert len(notes) == len(before) + 1
    latest = disputed(story)["resolution"]
    assert (latest["note"], latest["by"]) == (notes[-1], won[0]["resolution"]["by"])
