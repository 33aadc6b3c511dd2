"""Webhooks in Zoom's published shapes, signed as Zoom signs them."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

ACCOUNT = "APELCONTOHvirtual00000"
HOST = "x1yCzABCDEfg23HiJKl4mN"
HOST_EMAIL = "operator.zoom@apel.example"

Event = dict[str, Any]


@dataclass(frozen=True)
class Device:
    """A participant as Zoom tells it; a guest's identifiers are empty."""

    user_id: str
    user_name: str
    participant_uuid: str
    email: str = ""
    account: str = ""
    registrant_id: str = ""


@dataclass(frozen=True)
class Meeting:
    """One occurrence of a meeting number."""

    meeting_id: str
    uuid: str
    topic: str
    start: datetime
    minutes: int
    """As scheduled: Zoom never tells the actual duration here."""

    def started(self, at: datetime) -> Event:
        return _event("meeting.started", at, self._object(at))

    def ended(self, at: datetime) -> Event:
        return _event("meeting.ended", at, self._object(self.start) | {"end_time": write_instant(at)})

    def joined(self, device: Device, at: datetime) -> Event:
        return self._participant("meeting.participant_joined", device, at, {"join_time": write_instant(at)})

    def left(self, device: Device, at: datetime, reason: str = "left the meeting", told: str | None = None) -> Event:
        """`reason` in the usual form, or `told` as the whole text."""
        words = told if told is not None else f"{device.user_name} left the meeting.<br>Reason: {reason}."
        return self._participant(
            "meeting.participant_left", device, at, {"leave_time": write_instant(at), "leave_reason": words}
        )

    def waiting(self, device: Device, at: datetime) -> Event:
        told = {"date_time": write_instant(at)}
        return self._participant("meeting.participant_joined_waiting_room", device, at, told)

    def admitted(self, device: Device, at: datetime) -> Event:
        return self._participant("meeting.participant_admitted", device, at, {"date_time": write_instant(at)})

    def _participant(self, name: str, device: Device, at: datetime, told: dict[str, str]) -> Event:
        participant = {
            "user_id": device.user_id,
            "user_name": device.user_name,
            "participant_user_id": device.account,
            "id": device.account,
            "participant_uuid": device.participant_uuid,
            "email": device.email,
            "registrant_id": device.registrant_id,
            **told,
        }
        return _event(name, at, self._object(self.start) | {"participant": participant})

    def _object(self, start: datetime) -> Event:
        return {
            "id": self.meeting_id,
            "uuid": self.uuid,
            "host_id": HOST,
            "topic": self.topic,
            "type": 2,
            "start_time": write_instant(start),
            "timezone": "Asia/Makassar",
            "duration": self.minutes,
        }


def make_uuid(draw: Random, *, slashed: bool = False) -> str:
    """An occurrence id as Zoom makes them: base64 with slashes and plus signs, which some begin with or double."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    made = "".join(draw.choice(alphabet) for _ in range(22)) + "=="
    if not slashed:
        return made.lstrip("/").replace("//", "/a").rjust(24, "A")
    return f"/{made[1:]}" if draw.random() < 0.5 else f"{made[:8]}//{made[10:]}"


def sign(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """Zoom's headers for a body; a retry keeps the body and gets another timestamp and signature."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": f"v0={digest}",
        "x-zm-request-id": hashlib.md5(body, usedforsecurity=False).hexdigest(),
    }


def encode(event: Event) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _event(name: str, at: datetime, subject: Event) -> Event:
    payload = {"account_id": ACCOUNT, "object": subject}
    return {"event": name, "event_ts": int(at.timestamp() * 1000), "payload": payload}


def write_instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
