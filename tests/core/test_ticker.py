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
        async with asyncio.timeout(30):
            while len(turns) < 50:
                await asyncio.sleep(0)
        await asyncio.sleep(0.05)  # for a turn that would follow
        await ticker.stop()

    asyncio.run(play())
    assert len(turns) == 50


def test_a_loop_that_is_woken_looks_at_once_but_keeps_its_pace() -> None:
    turns: list[int] = []

    async def work() -> bool:
        turns.append(1)
        return False

    async def play() -> None:
        ticker = Ticker([Loop("board", 3600, work, pace=0.1)])
        ticker.start()
        ends = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < ends:
            ticker.wake("board")
            await asyncio.sleep(0.005)
        await ticker.stop()

    asyncio.run(play())
    assert 2 <= len(turns) <= 6


def test_news_that_come_while_a_loop_works_are_looked_at_afterwards() -> None:
    turns: list[int] = []

    async def play() -> None:
        async def work() -> bool:
            turns.append(1)
            if len(turns) == 1:
                ticker.wake("board")
            return False

        ticker = Ticker([Loop("board", 3600, work)])
        ticker.start()
        async with asyncio.timeout(30):
            while len(turns) < 2:
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)  # for a turn that would follow
        await ticker.stop()

    asyncio.run(play())
    assert len(turns) == 2


def test_a_loop_that_is_woken_all_the_time_leaves_half_of_it_to_others() -> None:
    turns: list[int] = []

    async def work() -> bool:
        await asyncio.sleep(0.05)
        turns.append(1)
        return False

    async def play() -> None:
        ticker = Ticker([Loop("conclusion", 3600, work)])
        ticker.start()
        ends = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < ends:
            ticker.wake("conclusion")
            await asyncio.sleep(0.005)
        await ticker.stop()

    asyncio.run(play())
    assert 1 <= len(turns) <= 5
