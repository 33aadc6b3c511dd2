"""The hub among its viewers: the newest frame for each, nobody held up, everybody sent away in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.board import hub as hub_module
from app.board.callers import admits_viewer
from app.board.frames import Frame, Frames
from app.board.hub import Hub
from app.board.stream import BoardStream
from app.board.viewers import LIFE, Shown
from app.core.db import OpenSession
from app.core.principal import Principal, Role
from app.core.settings import Settings
from tests.accounts.conftest import People, Run, grant
from tests.make import MONDAY, Make

SHOWN = Shown(None, "id", visitors=False)


def frame(number: int) -> Frame:
    return Frame(f"f{number}", b"{}", b"id: f%d\nevent: board\ndata: {}\n\n" % number)


class Socket:
    """One viewer's end: takes what is sent unless told to stand still."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.free = asyncio.Event()
        self.free.set()
        self._gone = asyncio.Event()

    async def send(self, message: Any) -> None:
        await self.free.wait()
        self.sent.append(message.get("body", b""))

    async def receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    def hang_up(self) -> None:
        self._gone.set()

    def frames(self) -> list[str]:
        return [line[4:] for line in b"".join(self.sent).decode().split("\n") if line.startswith("id: ")]


@pytest.fixture
def hub(sessions: OpenSession, settings: Settings) -> Hub:
    made = Hub(Frames(), admits_viewer, lambda: None)
    made.start(sessions, lambda: MONDAY, settings)
    return made


def seen_by(hub: Hub, socket: Socket, caller: Any = None) -> "asyncio.Task[None]":
    stream = BoardStream(hub, lambda: hub.join(SHOWN, caller, frame(1), None, b"event: clock\n\n"))
    return asyncio.create_task(stream({"type": "http"}, socket.receive, socket.send))


def offer(hub: Hub, number: int) -> None:
    for viewer in hub._viewers:
        viewer.offer(frame(number))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_slow_reader_gets_the_newest_frame_and_holds_up_nobody(hub: Hub, run: Run) -> None:
    async def play() -> tuple[list[str], list[str]]:
        slow, quick = Socket(), Socket()
        streams = [seen_by(hub, socket) for socket in (slow, quick)]
        await settle()
        slow.free.clear()
        for number in range(2, 30):
            offer(hub, number)
            await settle()
        slow.free.set()
        await settle()
        hub.close()
        await asyncio.gather(*streams)
        return slow.frames(), quick.frames()

    slow, quick = run(play())
    assert quick == [f"f{number}" for number in range(1, 30)]
    # The one that was on its way when it stood still, and the newest.
    assert slow == ["f1", "f2", "f29"]


def test_what_went_back_to_what_is_shown_is_not_sent(hub: Hub, run: Run) -> None:
    async def play() -> list[str]:
        socket = Socket()
        stream = seen_by(hub, socket)
        await settle()
        offer(hub, 2)
        offer(hub, 1)
        await settle()
        hub.close()
        await stream
        return socket.frames()

    assert run(play()) == ["f1"]


def test_whoever_hangs_up_leaves_no_place_taken(hub: Hub, run: Run) -> None:
    async def play() -> tuple[int, int]:
        sockets = [Socket() for _ in range(20)]
        streams = [seen_by(hub, socket) for socket in sockets]
        await settle()
        before = len(hub._viewers)
        for socket in sockets[:10]:
            socket.hang_up()
        for stream in streams[10:]:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
        return before, len(hub._viewers)

    assert run(play()) == (20, 0)


def test_a_stream_ends_when_its_life_is_over(hub: Hub, run: Run) -> None:
    async def play() -> tuple[float, bytes]:
        socket = Socket()
        stream = seen_by(hub, socket)
        await settle()
        [viewer] = hub._viewers
        lasts = viewer.ends_at - asyncio.get_running_loop().time()
        viewer.ends_at -= lasts
        await hub.tick()
        await stream
        return lasts, socket.sent[-1]

    lasts, last = run(play())
    assert LIFE[0] - 5 < lasts <= LIFE[1]
    assert last == b'event: leave\ndata: {"reason":"life"}\n\n'


def test_nobody_is_told_the_time_while_the_board_cannot_be_looked_at(
    hub: Hub, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> list[int]:
        socket = Socket()
        stream = seen_by(hub, socket)
        told = []
        for honest in (hub_module.HONEST, 0.0):
            monkeypatch.setattr(hub_module, "HONEST", honest)
            await settle()
            before = len(socket.sent)
            await hub.tick()
            await settle()
            told.append(len(socket.sent) - before)
        hub.close()
        await stream
        return told

    assert run(play()) == [1, 0]


def signed_in(people: People, run: Run) -> tuple[Principal, dict[str, Any]]:
    people.create("kominfo", grant(Role.KOMINFO))
    tokens, state = people.sign_in("kominfo"), people.api._app.state

    async def who() -> Principal:
        async with state.sessions() as session:
            caller: Principal = await state.authenticate(session, tokens["access_token"], at=MONDAY)
            return caller

    return run(who()), tokens


@pytest.mark.parametrize("ended", [False, True], ids=["still signed in", "signed out"])
def test_who_may_not_look_any_more_is_sent_away_with_the_next_check(
    hub: Hub, people: People, run: Run, ended: bool
) -> None:
    caller, tokens = signed_in(people, run)
    if ended:
        assert people.api.post("/v1/auth/revoke", data={"token": tokens["refresh_token"]}).status_code == 200

    async def play() -> tuple[bool, bytes]:
        socket = Socket()
        stream = seen_by(hub, socket, caller)
        await settle()
        await hub.check()
        await settle()
        over = stream.done()
        hub.close()
        await stream
        return over, socket.sent[-1]

    over, last = run(play())
    assert over is ended
    assert (b"signed-out" in last) is ended


def test_a_screen_that_may_see_another_part_now_is_sent_away(hub: Hub, people: People, run: Run) -> None:
    caller, _ = signed_in(people, run)

    async def play() -> bool:
        viewer = hub.join(replace(SHOWN, visitors=True), caller, frame(1), None, b"")
        await hub.check()
        return (await viewer.next())[1]

    assert run(play()) is False


def test_one_board_that_fails_takes_no_other_with_it(
    hub: Hub, make: Make, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.opd("DISDIK")
    broken, sound = (make.apel(MONDAY - timedelta(days=7 * week)).id for week in (1, 2))
    render = hub._render

    async def fail(ground: Any, shown: Shown) -> Frame:
        if shown.apel_id == broken:
            raise ConnectionError
        return await render(ground, shown)

    monkeypatch.setattr(hub, "_render", fail)

    async def play() -> list[str | None]:
        caller: Any = None
        viewers = [hub.join(replace(SHOWN, apel_id=one), caller, frame(1), None, b"") for one in (broken, sound)]
        with pytest.raises(ConnectionError):
            await hub.look()
        for viewer in viewers:
            await viewer.next()
        return [viewer.seen for viewer in viewers]

    seen = run(play())
    assert seen[0] == "f1"
    assert str(seen[1]).startswith(f"{sound}-")


def test_a_look_offers_the_board_as_it_is_and_the_apel_that_became_current(hub: Hub, make: Make, run: Run) -> None:
    async def look() -> str:
        socket = Socket()
        stream = seen_by(hub, socket)
        await settle()
        await hub.look()
        await settle()
        for viewer in hub._viewers:
            viewer.leave("restart")
        await stream
        return socket.frames()[-1]

    assert run(look()).startswith("none-0-")
    make.opd("DISDIK")
    apel = make.apel(MONDAY)
    assert run(look()).startswith(f"{apel.id}-")


def test_a_hub_that_is_closed_looks_at_nothing(hub: Hub, run: Run) -> None:
    hub.close()
    assert [run(work()) for work in (hub.look, hub.tick, hub.check)] == [False, False, False]
