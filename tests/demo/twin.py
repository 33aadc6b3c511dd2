"""A small regency for the twin: homonyms within an OPD and across, digits that many share."""

from datetime import timedelta
from functools import cache
from itertools import count
from random import Random
from uuid import UUID

from app.apel.roster import Entry, name_joins
from app.core.fields import fold
from app.demo.names import MEN, SURNAMES, WOMEN
from app.demo.zoom_twin.cast import Cast, Office, Person
from app.demo.zoom_twin.drawing import draw_story
from app.demo.zoom_twin.faults import Faults, load_faults
from app.demo.zoom_twin.story import Plan, Story
from tests.make import MONDAY

NUMBER = "86084701483"
PLAN = Plan(NUMBER, "Apel Gabungan", MONDAY, MONDAY + timedelta(minutes=30))
WORST, GENTLE = load_faults("worst"), load_faults("gentle")


def invent_people(units: int, each: int) -> list[Entry]:
    """People of a regency as its roster would have them, join names included.

    Serials below 010 as most are, so that digits are shared within an OPD; one in four bears the whole name of
    somebody else, and one in four of these the same last digits as well.
    """
    draw, numbers = Random(7602), count(1)
    people: list[Entry] = []
    for unit in range(units):
        for _ in range(each):
            name = f"{draw.choice(MEN + WOMEN)} {draw.choice(SURNAMES)}"
            serial = f"{draw.choice('12')}{draw.randint(1, 9):03d}"
            if people and draw.random() < 0.25:
                other = draw.choice(people[-each * 2 :])
                name, serial = other.name, other.nip[-4:] if draw.random() < 0.25 else serial
            number = next(numbers)
            born = f"{1965 + number % 30}{1 + number // 30 % 12:02d}{1 + number // 360 % 28:02d}"
            people.append(_entry(UUID(int=number), f"OPD-{unit:02d}", f"{born}201001{serial}", name))
    return name_joins(people)


def _entry(asn_id: UUID, code: str, nip: str, name: str) -> Entry:
    email = f"asn{asn_id.int}@apel.example"
    return Entry(asn_id, code, code, code, nip, name, fold(name), "PNS", "Pelaksana", "5", True, "", email)


def office_account(code: str) -> str:
    return f"zoom.{code.lower()}@apel.example"


def cast_of(people: list[Entry]) -> Cast:
    offices = [Office(code, office_account(code)) for code in dict.fromkeys(entry.unit_code for entry in people)]
    return Cast(
        offices,
        [
            Person(str(one.asn_id), one.unit_code, one.nip, one.name, one.join_name, one.email or "")
            for one in people
        ],
    )  # fmt: skip


@cache
def small_cast() -> Cast:
    return cast_of(invent_people(12, 10))


def story_of(number: int, faults: Faults = WORST, plan: Plan = PLAN) -> Story:
    cast = small_cast()
    return draw_story(cast, plan, cast.people[::2], faults, number)
