"""What Zoom sends about a story: each event when it comes, as often as it comes, in the shape in which it comes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from app.demo.zoom_twin.events import Device, Event, Meeting, encode
from app.demo.zoom_twin.faults import Faults, Webhooks
from app.demo.zoom_twin.story import Leaving, Run, Stay, Story

ATTEMPTS = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 25, 85))
"""Zoom sends again 5, 20 and 60 minutes after the last failure, and then never."""
TOLD = {
    Leaving.LEFT: (
        "{name} left the meeting.",
        "{name} left the meeting.<br>Reason: left the meeting.",
        "{name} left the meeting.<br>Reason: {name} left the meeting.",
        "Unknown reason.",
        "",
    ),
    Leaving.NETWORK: (
        "Network connection error.",
        "{name} got disconnected from the meeting.",
        "{name} left the meeting.<br>Reason: Network connection error.",
        "{name} got disconnected from the meeting.<br>Reason: Network connection error.",
        "{name} left the meeting. Reason : Network connection error",
    ),
    Leaving.ENDED: (
        "Host ended the meeting.",
        "{name} left the meeting.<br>Reason: Host ended the meeting.",
        "{name} left the meeting.<br>Reason: Host closed the meeting.",
    ),
}
"""Why somebody left, in the forms that were seen."""
_GUEST_FIELDS = ("email", "id", "participant_user_id", "registrant_id")

Down = Sequence[tuple[datetime, datetime]]
"""Times in which our side answers nothing."""


@dataclass(frozen=True, order=True)
class Delivery:
    """One event that Zoom tries to deliver from a moment on."""

    due: datetime
    body: bytes
    failing: int = 0
    """Attempts that get no answer even though our side is up."""

    def arrival(self, down: Down = ()) -> datetime | None:
        """When it is taken; None: never."""
        for number, pause in enumerate(ATTEMPTS):
            at = self.due + pause
            if number >= self.failing and not any(since <= at < until for since, until in down):
                return at
        return None


def tell(story: Story, faults: Faults, number: int = 0) -> list[Delivery]:
    """All deliveries about a story, in the order in which Zoom first tries them."""
    # Another stream of numbers than the story's own, so that a rate of loss changes nobody's visit.
    draw = Random(f"{faults.first_seed + number} webhooks")  # noqa: S311 — the same deliveries every time
    teller = _Teller(draw, story, faults.webhooks)
    return sorted(delivery for event in teller.events() for delivery in teller.deliver(event))


def arrivals(deliveries: Iterable[Delivery], down: Down = ()) -> list[tuple[datetime, bytes]]:
    """What reaches our side, in the order in which it does."""
    came = ((delivery.arrival(down), delivery.body) for delivery in deliveries)
    return sorted((at, body) for at, body in came if at is not None)


@dataclass(frozen=True)
class _Told:
    """An event and when Zoom has it ready."""

    event: Event
    at: datetime
    lost: float = 0.0


class _Teller:
    def __init__(self, draw: Random, story: Story, shares: Webhooks) -> None:
        self._draw = draw
        self._story = story
        self._shares = shares

    def events(self) -> Iterator[_Told]:
        plan, minutes = self._story.plan, int((self._story.plan.ends_at - self._story.plan.starts_at).total_seconds())
        meetings = {
            run.uuid: Meeting(plan.meeting_id, run.uuid, plan.topic, run.start, minutes // 60)
            for run in self._story.runs
        }
        for run in self._story.runs:
            yield _Told(meetings[run.uuid].started(run.start), run.start, self._shares.lost_started)
            yield _Told(meetings[run.uuid].ended(run.end), self._when_ended(run), self._shares.lost_ended)
        for stay in self._story.stays:
            yield from self._of_stay(meetings[stay.run.uuid], stay)

    def _when_ended(self, run: Run) -> datetime:
        if self._draw.random() < self._shares.early_ended:
            return run.end - timedelta(seconds=1)
        return run.end + timedelta(seconds=self._draw.randint(0, 60 * self._shares.late_ended_minutes))

    def _of_stay(self, meeting: Meeting, stay: Stay) -> Iterator[_Told]:
        guest = stay.guest
        device = Device(
            stay.user_id, guest.name, stay.participant_uuid, guest.email, guest.account, guest.registrant_id
        )
        came = replace(device, user_name=guest.name if guest.first_name is None else guest.first_name)
        if stay.waited_from is not None:
            yield _Told(meeting.waiting(came, stay.waited_from), stay.waited_from)
            yield _Told(meeting.admitted(came, stay.join), stay.join)
        yield _Told(meeting.joined(came, self._about(stay.join)), stay.join, self._shares.lost_joined)
        told = self._draw.choice(TOLD[stay.by]).format(name=guest.name.replace("{", "").replace("}", ""))
        yield _Told(meeting.left(device, self._about(stay.leave), told=told), stay.leave, self._shares.lost_left)

    def _about(self, at: datetime) -> datetime:
        """The report and the webhooks are a second apart at times."""
        beside = self._draw.random() < self._shares.off_by_one
        return at + timedelta(seconds=self._draw.choice((-1, 1))) if beside else at

    def deliver(self, told: _Told) -> Iterator[Delivery]:
        draw, shares = self._draw, self._shares
        if draw.random() < told.lost:
            return
        body = encode(self._shaped(told.event))
        delivery = Delivery(told.at + self._latency(), body, self._failing())
        yield delivery
        if draw.random() < shares.same_again:
            yield replace(delivery, due=delivery.due + timedelta(seconds=draw.randint(0, 400)))
        if draw.random() < shares.other_again:
            yield Delivery(told.at + self._latency(), _reordered(body), self._failing())

    def _latency(self) -> timedelta:
        slow = self._draw.random() < self._shares.slow
        return timedelta(milliseconds=self._draw.randint(100, 1000 * self._shares.slow_seconds if slow else 2500))

    def _failing(self) -> int:
        failing, share = 0, self._shares.first_failed
        while failing < len(ATTEMPTS) and self._draw.random() < share:
            failing, share = failing + 1, self._shares.second_failed
        return failing

    def _shaped(self, event: Event) -> Event:
        """The same event as it is seen in real traffic, beside what the specification says."""
        draw, shares = self._draw, self._shares
        about = dict(event["payload"]["object"])
        if draw.random() < shares.id_as_number:
            about["id"] = int(about["id"])
        if "participant" in about:
            about["participant"] = self._shaped_guest(about["participant"])
        return event | {"payload": event["payload"] | {"object": about}}

    def _shaped_guest(self, participant: Event) -> Event:
        draw, shares = self._draw, self._shares
        chance = draw.random()
        empty = {key for key in _GUEST_FIELDS if not participant[key]}
        shaped = {key: value for key, value in participant.items() if key not in empty}
        if chance < shares.guest_null:
            shaped |= dict.fromkeys(empty)
        elif chance >= shares.guest_null + shares.guest_missing:
            shaped |= dict.fromkeys(empty, "")
        if not shaped["participant_uuid"]:
            del shaped["participant_uuid"]
        if draw.random() < shares.more_keys:
            shaped |= {"public_ip": "192.0.2.7", "private_ip": "10.0.0.7"}
        return shaped


def _reordered(body: bytes) -> bytes:
    """The same event in other bytes."""
    event: Event = json.loads(body)
    return json.dumps(dict(reversed(event.items())), ensure_ascii=True).encode()
