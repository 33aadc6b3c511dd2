"""When a message is sent again, when a receiver is given up, and which closing is a new one."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.apel.rules import Act
from app.notifications import models
from app.notifications.delivering import keys_of
from app.notifications.rules import (
    JITTER,
    PAUSES,
    DeliveryState,
    Outcome,
    WebhookState,
    after_try,
    closings,
    finals,
    has_settled,
    next_pause,
    state_after,
)
from app.notifications.signing import Seal, SecretUnreadable, headers_of, make_secret, sign
from tests.make import MONDAY

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("tried", "pause"),
    [
        (1, timedelta(seconds=5)),
        (2, 5 * MINUTE),
        (3, 30 * MINUTE),
        (4, 2 * HOUR),
        (5, 5 * HOUR),
        (6, 10 * HOUR),
        (7, 14 * HOUR),
        (8, 20 * HOUR),
        (9, 24 * HOUR),
        (10, None),
        (11, None),
    ],
)
def test_pauses_are_those_of_standard_webhooks(tried: int, pause: timedelta | None) -> None:
    assert next_pause(tried, lambda: 0.0) == pause


@given(st.integers(0, 9), st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens_a_pause_and_by_a_tenth_at_most(tried: int, draw: float) -> None:
    pause = next_pause(tried, lambda: draw)
    assert pause is not None
    assert PAUSES[tried] <= pause <= PAUSES[tried] * (1 + JITTER)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_taken(status: int) -> None:
    assert after_try(Outcome(status), 1, MONDAY, lambda: 0).state is DeliveryState.DELIVERED


@pytest.mark.parametrize(
    "outcome", [Outcome(s) for s in (100, 301, 302, 307, 400, 404, 429, 500)] + [Outcome(error="x")]
)
def test_anything_else_is_tried_again(outcome: Outcome) -> None:
    follows = after_try(outcome, 1, MONDAY, lambda: 0)
    assert (follows.state, follows.due_at) == (DeliveryState.WAITING, MONDAY + timedelta(seconds=5))


def test_after_the_tenth_try_it_is_given_up() -> None:
    assert after_try(Outcome(500), 10, MONDAY, lambda: 0).state is DeliveryState.FAILED


def test_a_receiver_that_is_gone_gets_nothing_more() -> None:
    assert after_try(Outcome(410), 1, MONDAY, lambda: 0).state is DeliveryState.CANCELLED
    assert state_after(Outcome(410), None, MONDAY) is WebhookState.GONE


@pytest.mark.parametrize(
    ("wish", "due"),
    [(None, 5), (1, 5), (60, 60), (10**8, 24 * 3600)],
    ids=["no wish", "shorter than the pause", "longer", "without measure"],
)
def test_a_wish_to_wait_counts_where_it_is_longer_and_within_a_day(wish: int | None, due: int) -> None:
    follows = after_try(Outcome(503, retry_after=wish), 1, MONDAY, lambda: 0)
    assert follows.due_at == MONDAY + timedelta(seconds=due)


@pytest.mark.parametrize(
    ("failing", "outcome", "state"),
    [
        (None, Outcome(500), WebhookState.ACTIVE),
        (timedelta(days=4, hours=23), Outcome(500), WebhookState.ACTIVE),
        (timedelta(days=5), Outcome(500), WebhookState.PAUSED),
        (timedelta(days=5), Outcome(error="timeout"), WebhookState.PAUSED),
        (timedelta(days=30), Outcome(204), WebhookState.ACTIVE),
    ],
)
def test_who_took_nothing_for_five_days_is_paused(
    failing: timedelta | None, outcome: Outcome, state: WebhookState
) -> None:
    since: datetime | None = None if failing is None else MONDAY - failing
    assert state_after(outcome, since, MONDAY) is state


@pytest.mark.parametrize(
    ("acts", "number"),
    [
        ([], 0),
        ([Act.OPEN, Act.CLOSE], 0),
        ([Act.CLOSE, Act.REOPEN], 1),
        ([Act.CLOSE, Act.REOPEN, Act.CLOSE, Act.REOPEN], 2),
        ([Act.CLOSE, Act.FINALIZE, Act.REOPEN], 0),
        ([Act.CLOSE, Act.FINALIZE, Act.REOPEN, Act.REOPEN], 1),
    ],
)
def test_only_a_person_who_opens_it_again_makes_another_closing(acts: list[Act], number: int) -> None:
    assert closings(acts) == number
    assert finals([*acts, Act.FINALIZE]) == acts.count(Act.FINALIZE) + 1


def test_a_line_that_drops_for_a_moment_closes_nothing() -> None:
    assert not has_settled(MONDAY, MONDAY + MINUTE, by_person=False)
    assert has_settled(MONDAY, MONDAY + 2 * MINUTE, by_person=False)
    assert has_settled(MONDAY, MONDAY, by_person=True)


def test_the_specifications_own_example_gets_its_signature() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_independent_reader_verifies_either_of_two_secrets_and_no_third() -> None:
    new, old = make_secret(), make_secret()
    payload, now = b'{"type":"apel.closed"}', int(datetime.now().astimezone().timestamp())
    headers = headers_of([new, old], "msg_1", now, payload)
    for secret in (new, old):
        assert Webhook(secret).verify(payload, headers) == {"type": "apel.closed"}
    with pytest.raises(WebhookVerificationError):
        Webhook(make_secret()).verify(payload, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(b'{"type":"apel.final"}', headers)


def test_a_sealed_secret_opens_with_the_places_own_key_alone() -> None:
    sealed = Seal(b"the key of this place").close("whsec_x")
    assert Seal(b"the key of this place").open(sealed) == "whsec_x"
    assert b"whsec" not in sealed
    with pytest.raises(SecretUnreadable):
        Seal(b"another key").open(sealed)


def test_a_new_secret_signs_though_the_old_one_opens_no_more() -> None:
    """As after a restore under another key, when the operator has rotated."""
    here = Seal(b"another key")
    old = Seal(b"the key of this place").close("whsec_old")
    hook = models.Webhook(secret=here.close("whsec_new"), previous_secret=old, previous_until=MONDAY)
    assert keys_of(hook, here, at=MONDAY - timedelta(hours=1)) == ("whsec_new",)
    assert keys_of(models.Webhook(secret=old), here, at=MONDAY) == ()
