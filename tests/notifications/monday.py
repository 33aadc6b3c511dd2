"""One Monday with everything that must not leave: names, a contact, illnesses, and reasons full of names."""

import json
from datetime import timedelta
from typing import Any

from app.apel.models import Apel
from app.core.principal import Role
from tests.circulars.conftest import CIRCULAR
from tests.make import MONDAY
from tests.monday import NUMBER, Story, claim, naming
from tests.notifications.conftest import BEFORE, Office
from tests.notifications.receiver import Heard, Receiver

NAMES = ("Siti Aminah", "Budi Santoso", "Rahma Wati", "Gunawan Saleh")
NIPS = ("198501012010012001", "198501012010011002", "199002022015022003", "199003032015031004")
INSIDE = (*NAMES, *NIPS, "0812-3456", "disdik@mamuju.go.id", "kanker")
"""What must never leave."""
DEADLINE = MONDAY + timedelta(minutes=60)


class Monday:
    """DISDIK and DINKES; a Zoom meeting; people with names, a contact, an illness, and reasons full of names."""

    def __init__(self, office: Office) -> None:
        self.office = office
        make = office.make
        for code in ("DISDIK", "DINKES"):
            make.opd(code, zoom_email=f"{code.lower()}@mamuju.go.id", contact="0812-3456")
        self.siti = make.asn("DISDIK", NAMES[0], nip=NIPS[0])
        self.budi = make.asn("DISDIK", NAMES[1], nip=NIPS[1])
        self.rahma = make.asn("DINKES", NAMES[2], nip=NIPS[2])
        self.gunawan = make.asn("DINKES", NAMES[3], nip=NIPS[3])
        make.head("DISDIK", self.siti)
        make.head("DINKES", self.gunawan)
        self.apel: Apel = make.apel(zoom_meeting_ids=[NUMBER], led_by=NAMES[3])
        self.story = Story(office.api, self.apel)
        self.receiver: Receiver = office.receiver()

    def listen(self, events: list[str] | None = None, **fields: Any) -> str:
        return self.office.at(BEFORE).webhook(self.receiver, events, **fields)

    def act(self, verb: str, role: Role = Role.KOMINFO, **body: Any) -> None:
        answer = self.office.as_(role).post(self.story.path(verb), body or None)
        assert answer.status_code == 200, answer.text

    def reports(self, code: str, body: dict[str, Any]) -> None:
        self.story.reports(code, body, at=self.office.now)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        bodies = [json.loads(heard.body) for heard in self.receiver.heard]
        return [(body["type"], body["data"]) for body in bodies]

    def types(self) -> list[str]:
        return [event for event, _ in self.told()]


def finish(monday: Monday) -> None:
    """DISDIK writes otherwise than it said, DINKES stays silent; the apel is closed and its deadline has passed."""
    office = monday.office
    office.at(MONDAY)
    monday.act("open")
    monday.reports("DISDIK", naming(claim(2, 1, S=1), (monday.budi, "S", None)))
    monday.act("turns/DISDIK/call")
    monday.act("turns/DISDIK/answer", **claim(2, 2))
    office.at(MONDAY + timedelta(minutes=30))
    monday.act("close")
    office.at(DEADLINE + timedelta(minutes=1))


def have_an_eventful_day(monday: Monday) -> list[str]:
    """Every event happens and is told; the answers with ready texts at three moments, in both languages."""
    office = monday.office
    monday.listen()
    office.at(MONDAY)
    made = office.as_(Role.ADMIN).post("/v1/circulars", CIRCULAR).json()
    office.as_(Role.ADMIN).post(f"/v1/circulars/{made['id']}/publish", headers={"if-match": '"1"'})
    finish(monday)
    office.at(DEADLINE - timedelta(minutes=15)).tell()
    office.at(DEADLINE - timedelta(minutes=5))
    monday.act("reports/DISDIK/return", Role.ADMIN, reason=f"{NAMES[1]} ({NIPS[1]}) sakit kanker")
    office.at(DEADLINE + timedelta(minutes=1))
    texts: list[str] = []
    for step in ("", "reports/DISDIK/verify", "finalize"):
        if step == "finalize":
            monday.reports("DINKES", naming(claim(2, 1, CM=1), (monday.rahma, "CM", None)))
        if step:
            monday.act(step, Role.ADMIN)
        office.later(minutes=1).tell()
        for language in ("id", "en"):
            asked = office.as_(Role.KOMINFO).get(monday.story.path("messages"), headers={"accept-language": language})
            assert asked.status_code == 200, asked.text
            texts.append(asked.text)
    return texts


def hear_everything(office: Office) -> dict[str, Heard]:
    """The first delivery of every event of an eventful day, and of the message that only tries the receiver."""
    monday = Monday(office)
    have_an_eventful_day(monday)
    office.test(monday.listen(["apel.closed"]))
    office.send()
    heard: dict[str, Heard] = {}
    for one in monday.receiver.heard:
        heard.setdefault(json.loads(one.body)["type"], one)
    return heard
