"""Who is expected on Zoom by name."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.apel.roster import Entry, Unit
from app.duty.rules import Duty
from app.evidence.identity import RoomName, Subject, parse_display_name
from app.evidence.rules import SubjectKind
from app.zoom.expecting import Invitee, choose_invitees
from app.zoom.invitations import named_link, spaced
from app.zoom.registering import STAND_IN_DOMAIN, address_domain


def unit(code: str = "DISDIK", **fields: Any) -> Unit:
    given = {"unit_code": code, "name": f"Dinas {code}", "short_name": code.title(), "type": "dinas"} | fields
    return Unit(
        opd_code=code, protocol_order=1, connectivity="good", contact=None, zoom_email=None, strength=1, **given
    )


def person(asn_id: UUID, name: str = "Siti Aminah") -> Entry:
    codes = {"opd_code": "DISDIK", "reporter_code": "DISDIK", "unit_code": "DISDIK"}
    return Entry(
        asn_id, **codes, nip="198501012010011001", name=name, folded_name=name.lower(), employment_type="PNS",
        position="Pelaksana", work_pattern="5", required=True, join_name=f"[DISDIK] 1001 {name}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "head", "expected"),
    [
        ("WFA", False, True),
        ("DL", False, True),
        ("DD", False, False),
        ("CT", False, False),
        ("S", False, False),
        ("SF", False, False),
        (None, False, False),
        ("DL", True, True),
        ("DD", True, True),
        ("DK", True, True),
        ("S", True, False),
        ("CT", True, False),
        (None, True, False),
    ],
)
def test_duties_elsewhere_send_people_to_zoom_and_any_duty_a_head(code: str | None, head: bool, expected: bool) -> None:
    asn_id = uuid4()
    duties = {asn_id: Duty(code)} if code else {}
    heads = frozenset({asn_id} if head else ())
    [room, siti] = choose_invitees([unit()], [person(asn_id)], duties, heads)
    assert room == Invitee(Subject(SubjectKind.ROOM, "DISDIK"), "Dinas DISDIK", "[DISDIK] Ruang Disdik")
    assert siti.subject == Subject(SubjectKind.PERSON, "DISDIK", asn_id)
    assert (siti.display_name, siti.expected) == ("[DISDIK] 1001 Siti Aminah", expected)


def test_a_part_of_a_unit_has_a_room_of_its_own_whose_name_is_recognised() -> None:
    rooms = choose_invitees([unit(), unit("SD-1", unit_code="DISDIK", short_name="2. SD 1002")], [], {}, frozenset())
    assert [parse_display_name(room.display_name) for room in rooms] == [RoomName("DISDIK"), RoomName("SD-1")]


def test_made_up_addresses_are_always_the_same_and_never_shared() -> None:
    people = [person(uuid4()), person(uuid4())]
    units = [unit("A.B"), unit("A-B"), unit("A_B.")]
    invitees = choose_invitees(units, people, {}, frozenset())
    addresses = [one.email("apel.example.go.id") for one in invitees]
    assert len(set(addresses)) == 5
    assert addresses == [one.email("apel.example.go.id") for one in choose_invitees(units, people, {}, frozenset())]
    assert all(address == address.lower() for address in addresses)


@pytest.mark.parametrize(
    ("public_url", "domain"),
    [
        ("https://apel.mamujukab.go.id", "apel.mamujukab.go.id"),
        ("https://apel.mamujukab.go.id:8443/apel", "apel.mamujukab.go.id"),
        ("http://127.0.0.1:8000", STAND_IN_DOMAIN),
        ("http://localhost:8000", STAND_IN_DOMAIN),
        ("http://[::1]:8000", STAND_IN_DOMAIN),
    ],
)
def test_made_up_addresses_lie_at_our_own_name(public_url: str, domain: str) -> None:
    assert address_domain(public_url) == domain


def test_a_link_fills_the_name_in_and_a_number_is_written_in_groups() -> None:
    name = "[DISDIK] Ruang 1 & 2"
    filled = "uname=%5BDISDIK%5D%20Ruang%201%20%26%202"
    assert named_link("https://zoom.us/j/1", name) == f"https://zoom.us/j/1?{filled}"
    assert named_link("https://zoom.us/j/1?pwd=a", name) == f"https://zoom.us/j/1?pwd=a&{filled}"
    assert [spaced(number) for number in ("860847014", "8608470148", "86084701483")] == [
        "860 84 7014",
        "860 847 0148",
        "860 8470 1483",
    ]
