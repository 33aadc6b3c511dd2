"""Loops go on after failures and stop when told."""

import asyncio

from app.core.ticker import Loop, Ticker


def test_a_failing_turn_is_tried_again_and_forgotten_when_it_works() -> None:
    turns: list[int] = []

    async def work() -> bool:
        turns.append(len(turns))
        if len(turns) < 3:
            raise ConnectionError
        return False

    async def play() -> tuple[dict[str, str], dict[str, str]]:
        ticker = Ticker([Loop("due", 0.001, work)])
        ticker.start()
        while not turns:
            await asyncio.sleep(0)
        failing = dict(ticker.failures)
        while len(turns) < 4:
            await asyncio.sleep(0.001)
        await ticker.stop()
        return failing, dict(ticker.failures)

    assert asyncio.run(play()) == ({"due": "ConnectionError"}, {})


def test_more_work_is_done_without_waiting_and_stopping_ends_it() -> None:
    turns: list[int] = []

    async def work() -> bool:
        turns.append(1)
        return len(turns) < 50

    async def play() -> None:
        ticker = Ticker([Loop("backlog", 3600, work)])
        ticker.start()
        await asyncio.sleep(0.05)
        await ticker.stop()

    asyncio.run(play())
    assert len(turns) == 50
