"""From a row to a receiver: once when all goes well, again under the same id when not; nobody waits for the dead."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from standardwebhooks.webhooks import Webhook as Reader
from standardwebhooks.webhooks import WebhookVerificationError

from app.core.db import act_as
from app.core.principal import Role
from app.notifications.delivering import AT_ONCE, LEASE, Courier, lease_due, note
from app.notifications.handing import KEPT, forget_old
from app.notifications.models import Webhook, WebhookDelivery
from app.notifications.rules import Outcome
from app.notifications.sending import Sender
from tests.notifications.conftest import BEFORE, PATH, Office
from tests.notifications.receiver import Answer, Heard

OK, DOWN = Answer(204), Answer(500)


def states(office: Office, webhook_id: str) -> list[tuple[str, int]]:
    return [(item["state"], len(item["attempts"])) for item in office.log(webhook_id)]


def verified(secret: str, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an independent reader makes of it; its clock stands when the message was sent."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(int(heard.headers["webhook-timestamp"]), tz)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)
    return Reader(secret).verify(heard.body, heard.headers)


def test_a_message_is_delivered_once_and_logged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    delivery = office.test(hook)
    assert [office.send(), office.send()] == [True, False]
    [heard] = receiver.heard
    read = verified(office.secrets[hook], heard, monkeypatch)
    text = "Pesan uji dari Apel Virtual. Tidak ada yang perlu dilakukan."
    assert read == {"type": "webhook.test", "timestamp": BEFORE.isoformat(), "data": {"text": text}}
    at = BEFORE.isoformat().replace("+00:00", "Z")
    [item] = office.log(hook)
    assert item == {
        "id": delivery,
        "webhook_id": hook,
        "message_id": heard.headers["webhook-id"],
        "event": "webhook.test",
        "payload": read,
        "state": "delivered",
        "made_at": at,
        "next_try_at": None,
        "useful_until": None,
        "done_at": at,
        "attempts": [{"started_at": at, "ended_at": at, "status": 204, "error": None}],
    }


def test_a_failed_try_comes_again_with_the_same_id_and_a_new_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = office.receiver(DOWN, OK)
    hook = office.webhook(receiver)
    office.test(hook)
    office.send()
    assert office.later(seconds=4).send() is False
    assert office.later(seconds=2).send() is True
    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 6
    assert verified(office.secrets[hook], second, monkeypatch)
    assert states(office, hook) == [("delivered", 2)]


def test_ten_tries_follow_the_table_and_then_it_is_given_up(office: Office) -> None:
    receiver = office.receiver(DOWN)
    hook = office.webhook(receiver)
    delivery = office.test(hook)
    while office.send():
        row, _ = office.rows(delivery)
        if row.state == "waiting":
            office.at(row.due_at)
    row, attempts = office.rows(delivery)
    assert (row.state, len(attempts), len(receiver.heard)) == ("failed", 10, 10)
    assert {heard.headers["webhook-id"] for heard in receiver.heard} == {f"msg_{row.message_id}"}
    lasted = attempts[-1].started_at - attempts[0].started_at
    assert timedelta(hours=75) < lasted < timedelta(hours=84)
    assert office.hook(hook)["state"] == "active"


def test_a_process_that_dies_between_sending_and_writing_leaves_it_to_another_under_the_same_id(
    office: Office, loop: asyncio.Runner
) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    delivery = office.test(hook)

    async def die() -> None:
        async with office.sessions.begin() as session:
            await act_as(session)
            [leased] = await lease_due(session, AT_ONCE, at=office.now)
        await Sender([], seconds=1).post(leased.url, {}, b"")  # whatever it sent, nobody wrote it down

    loop.run(die())
    assert office.send() is False
    office.later(seconds=LEASE.total_seconds() + 1)
    assert office.send() is True
    row, (lost, seen) = office.rows(delivery)
    assert (row.state, row.tried) == ("delivered", 2)
    assert (lost.ended_at, lost.status, seen.status) == (None, None, 204)
    assert receiver.heard[-1].headers["webhook-id"] == f"msg_{row.message_id}"


def test_a_word_that_comes_after_the_lease_passed_undoes_nothing(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(OK)
    delivery = office.test(office.webhook(receiver))

    async def lease() -> Any:
        async with office.sessions.begin() as session:
            await act_as(session)
            [leased] = await lease_due(session, AT_ONCE, at=office.now)
            return leased

    async def tell(leased: Any) -> None:
        async with office.sessions.begin() as session:
            await act_as(session)
            await note(session, leased, Outcome(error="timeout"), at=office.now)

    slow = loop.run(lease())
    office.later(seconds=LEASE.total_seconds() + 1)
    second = loop.run(lease())
    loop.run(tell(slow))
    row, _ = office.rows(delivery)
    assert (row.state, row.leased_until, row.due_at) == ("waiting", second.leased_until, BEFORE)
    assert office.send() is False
    office.later(seconds=LEASE.total_seconds() + 1).send()
    loop.run(tell(second))
    assert office.rows(delivery)[0].state == "delivered"


def test_two_processes_never_send_the_same_at_the_same_time(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(Answer(204, after=0.3))
    hooks = [office.webhook(receiver) for _ in range(4)]
    for hook in hooks:
        office.test(hook)

    async def race() -> None:
        couriers = [office.courier, Courier(Sender(office.courier._sender._listed))]
        await asyncio.gather(*(one.send_due(office.sessions, office.clock) for one in couriers for _ in range(3)))
        for one in couriers:
            await one.rest()

    loop.run(race())
    assert len(receiver.heard) == 4
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 4


def test_a_dead_receiver_keeps_nobody_else_waiting(office: Office, loop: asyncio.Runner) -> None:
    dead, alive = office.receiver(Answer(after=30)), office.receiver(OK)
    of_dead, of_alive = office.webhook(dead), office.webhook(alive)
    for _ in range(5):
        office.test(of_dead)
    for _ in range(3):
        office.test(of_alive)

    async def go() -> None:
        for _ in range(20):
            await office.courier.send_due(office.sessions, office.clock)
            await asyncio.sleep(0.05)

    loop.run(go())
    assert [len(receiver.heard) for receiver in (dead, alive)] == [1, 3]
    assert states(office, of_alive) == [("delivered", 1)] * 3


def test_a_receiver_that_keeps_up_gets_one_after_the_other_without_a_pause(office: Office) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    sent = [office.test(hook) for _ in range(5)]
    office.send()
    assert [item["id"] for item in office.log(hook) if item["state"] == "delivered"] == sent[::-1]
    assert [heard.headers["webhook-id"] for heard in receiver.heard] == [
        item["message_id"] for item in reversed(office.log(hook))
    ]


def test_no_transaction_is_open_while_a_receiver_thinks(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(Answer(204, after=0.5))
    office.test(office.webhook(receiver))

    async def look() -> int:
        await office.courier.send_due(office.sessions, office.clock)
        await asyncio.sleep(0.2)
        async with office.sessions() as session:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            found = await session.scalar(text(asked))
        await office.courier.rest()
        return int(found or 0)

    assert loop.run(look()) == 0
    assert len(receiver.heard) == 1


def test_who_fails_for_five_days_is_paused_and_goes_on_with_what_waited_when_resumed(office: Office) -> None:
    receiver = office.receiver(DOWN)
    hook = office.webhook(receiver)
    office.test(hook)
    office.send()
    office.later(days=5)
    office.send()
    shown = office.hook(hook)
    assert (shown["state"], shown["failing_since"]) == ("paused", BEFORE.isoformat().replace("+00:00", "Z"))
    office.later(days=1)
    assert office.send() is False
    assert office.as_(Role.KOMINFO).post(f"{PATH}/{hook}/test").json()["code"] == "webhook-not-active"
    receiver.answers = [OK]
    tag = {"if-match": f'"{shown["version"]}"'}
    resumed = office.as_(Role.KOMINFO).patch(f"{PATH}/{hook}", {"state": "active"}, headers=tag).json()
    assert (resumed["state"], resumed["failing_since"]) == ("active", None)
    assert office.send() is True
    assert states(office, hook) == [("delivered", 3)]


def test_a_success_begins_the_count_of_failures_anew(office: Office) -> None:
    receiver = office.receiver(DOWN, OK, DOWN)
    hook = office.webhook(receiver)
    office.test(hook)
    office.send()
    office.later(days=4).send()
    assert office.hook(hook)["failing_since"] is None
    office.later(days=4)
    office.test(hook)
    office.send()
    assert office.hook(hook)["state"] == "active"


def test_410_ends_it_for_the_receiver_and_for_this_message(office: Office) -> None:
    receiver = office.receiver(Answer(410))
    hook = office.webhook(receiver)
    office.test(hook)
    office.test(hook)
    office.send()
    assert office.hook(hook)["state"] == "gone"
    assert sorted(states(office, hook)) == [("cancelled", 1), ("waiting", 0)]
    assert office.later(hours=1).send() is False


def test_a_disabled_one_is_not_called(office: Office) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    office.test(hook)
    office.as_(Role.KOMINFO).patch(f"{PATH}/{hook}", {"state": "disabled"}, headers={"if-match": '"1"'})
    assert office.send() is False
    assert receiver.heard == []


def test_what_is_of_no_use_any_more_is_put_away_unsent(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    delivery = office.test(hook)

    async def limit() -> None:
        async with office.sessions.begin() as session:
            await session.execute(update(WebhookDelivery).values(useful_until=office.now + timedelta(minutes=15)))

    loop.run(limit())
    office.later(minutes=16).send()
    assert (states(office, hook), receiver.heard) == ([("expired", 0)], [])
    office.as_(Role.KOMINFO).post(f"{PATH}/deliveries/{delivery}/replay")
    office.send()
    assert states(office, hook) == [("delivered", 1)], "a person who wants it is the judge of its use"


def test_a_replay_sends_the_same_message_once_more(office: Office) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    delivery = office.test(hook)
    office.send()
    again = office.later(hours=1).as_(Role.KOMINFO).post(f"{PATH}/deliveries/{delivery}/replay")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    office.send()
    first, second = receiver.heard
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert states(office, hook) == [("delivered", 2)]


def test_a_replay_brings_forward_what_waits_and_revives_what_was_given_up(office: Office) -> None:
    receiver = office.receiver(*[DOWN] * 2, OK)
    hook = office.webhook(receiver)
    delivery = office.test(hook)
    office.send()
    office.later(seconds=6).send()
    assert office.send() is False
    office.as_(Role.ADMIN).post(f"{PATH}/deliveries/{delivery}/replay")
    assert office.send() is True
    assert states(office, hook) == [("delivered", 3)]


def test_after_a_rotation_both_secrets_verify_for_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    old = office.secrets[hook]
    rotated = office.as_(Role.ADMIN).post(f"{PATH}/{hook}/secret").json()
    assert rotated["previous_until"] == (BEFORE + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    for hours in (0, 23):
        office.later(hours=hours)
        office.test(hook)
        office.send()
        assert verified(old, receiver.heard[-1], monkeypatch) == verified(
            rotated["secret"], receiver.heard[-1], monkeypatch
        )
    office.later(hours=1)
    office.test(hook)
    office.send()
    assert verified(rotated["secret"], receiver.heard[-1], monkeypatch)
    with pytest.raises(WebhookVerificationError):
        verified(old, receiver.heard[-1], monkeypatch)


def test_a_secret_that_cannot_be_read_is_told_and_nothing_is_sent(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    office.test(hook)

    async def spoil() -> None:
        async with office.sessions.begin() as session:
            await session.execute(update(Webhook).values(secret=b"sealed by another key"))

    loop.run(spoil())
    office.send()
    [item] = office.log(hook)
    assert (item["state"], item["attempts"][0]["error"], receiver.heard) == ("waiting", "secret-unreadable", [])


def test_the_log_reaches_ninety_days(office: Office, loop: asyncio.Runner) -> None:
    receiver = office.receiver(OK)
    hook = office.webhook(receiver)
    office.test(hook)
    office.send()

    async def forget(at: datetime) -> int:
        async with office.sessions.begin() as session:
            await act_as(session)
            await forget_old(session, at=at)
            return len((await session.scalars(select(WebhookDelivery.id))).all())

    assert loop.run(forget(BEFORE + KEPT)) == 1
    assert loop.run(forget(BEFORE + KEPT + timedelta(seconds=1))) == 0
