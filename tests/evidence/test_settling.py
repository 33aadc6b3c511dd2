"""From sightings to participants: one per subject, one per stranger, the same for every order."""

from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.identity import Known
from app.evidence.rules import Interval, Presence, Span, SubjectKind, Window
from app.evidence.settling import Devices, Gathering, SightingRow, measure
from tests.evidence.people import ASN, addressed
from tests.make import MONDAY

APEL = UUID(int=77)
KNOWN = Known(addressed(siti="siti@mamuju.go.id"), decided={}, remembered={})


def t(minute: float) -> datetime:
    return MONDAY + timedelta(minutes=minute)


def joined(device: str, minute: float, name: str = "", *, run: str = "run", **keys: str) -> SightingRow:
    return (
        run,
        device,
        "joined",
        t(minute),
        name,
        keys.get("registrant"),
        keys.get("account"),
        keys.get("email"),
        None,
    )


def left(device: str, minute: float, name: str = "", *, run: str = "run", why: str = "left") -> SightingRow:
    return (run, device, "left", t(minute), name, None, None, None, why)


def settled(*rows: SightingRow, run_end: float | None = 30) -> list[Presence]:
    gathering = Gathering(APEL, KNOWN, {run: None if run_end is None else t(run_end) for run in ("run", "run 2")})
    devices = Devices()
    for row in rows:
        devices.add(row)
    for device in devices.in_order():
        gathering.add(device)
    found = [measure(one, APEL, Window(t(0), t(30)))[0] for one in gathering.participants]
    return sorted(found, key=lambda presence: presence.id)


def test_a_person_on_two_devices_and_a_re_join_is_one_whose_time_is_counted_once() -> None:
    (siti,) = settled(
        joined("phone", 0, "[DISDIK] 1001 Siti"),
        left("phone", 10, "[DISDIK] 1001 Siti"),
        joined("laptop", 5, "iPhone", email="siti@mamuju.go.id"),
        left("laptop", 15),
        joined("phone again", 20, "[DISDIK] 1001 Siti"),
        run_end=30,
    )
    assert (siti.kind, siti.asn_id, siti.opd_code) == (SubjectKind.PERSON, ASN["siti"], "DISDIK")
    assert siti.matched_by == "email"
    assert siti.seconds == 25 * 60
    assert siti.intervals == (Span(t(0), t(15)), Span(t(20), t(30)))


def test_two_runs_of_a_meeting_are_merged() -> None:
    (room,) = settled(
        joined("a", 0, "[DISDIK] Ruang 1"), left("a", 10), joined("b", 12, "[DISDIK] Aula", run="run 2"), run_end=30
    )
    assert (room.kind, room.opd_code, room.seconds) == (SubjectKind.ROOM, "DISDIK", 28 * 60)


def test_strangers_of_one_name_stay_apart_and_keep_their_ids() -> None:
    first = settled(joined("a", 0, "iPhone"), joined("b", 0, "iPhone"))
    assert [presence.kind for presence in first] == [SubjectKind.UNKNOWN] * 2
    later = settled(joined("a", 0, "iPhone"), joined("b", 0, "iPhone"), left("a", 5), joined("c", 6, "iPhone"))
    assert {presence.id for presence in first} < {presence.id for presence in later}


def test_an_unknown_who_re_joins_with_an_account_is_one_but_two_names_on_it_are_two() -> None:
    rows = (joined("a", 0, "Sity", account="z"), left("a", 5), joined("b", 6, "Sity", account="z"))
    assert len(settled(*rows)) == 1
    assert len(settled(*rows, joined("c", 6, "Budy", account="z"))) == 2


def test_who_only_ever_left_is_no_participant() -> None:
    assert settled(left("a", 5, "[DISDIK] 1001 Siti")) == []


def test_who_is_still_there_is_connected_up_to_now() -> None:
    (room,) = settled(joined("a", 10, "[DISDIK] Ruang 1"), run_end=None)
    assert (room.connected, room.seconds, room.intervals) == (True, 20 * 60, (Span(t(10), None),))


def test_a_connection_that_broke_is_a_gap() -> None:
    (room,) = settled(joined("a", 0, "[DISDIK] Ruang 1"), left("a", 10, why="network"))
    assert room.network_gap
    (room,) = settled(joined("a", 0, "[DISDIK] Ruang 1"), left("a", 10, why="left"))
    assert not room.network_gap


STORIES = {
    "left before joined, ended early": [left("a", 20), joined("a", 5, "[DISDIK] Ruang 1")],
    "re-join in the same second": [
        joined("a", 0, "[DISDIK] 1001 Siti"), left("a", 10, why="network"), joined("a", 10), left("a", 20),
    ],
    "two devices and a rename": [
        joined("a", 0, "iPhone"), left("a", 9, "[DISDIK] 1001 Siti"), joined("b", 3, "[DISDIK] 1001 Siti"),
        left("b", 12), joined("c", 14, "[DISDIK] 1002 Sity"),
    ],
    "duplicates": [joined("a", 0, "x"), joined("a", 0, "x"), left("a", 4), left("a", 4), left("a", 9)],
}  # fmt: skip


def test_every_order_of_a_short_story_ends_the_same() -> None:
    for name, story in STORIES.items():
        endings = {tuple(settled(*order)) for order in permutations(story)}
        assert len(endings) == 1, name


ROWS = st.builds(
    lambda kind, device, minute, name, why: (
        joined(device, minute, name) if kind else left(device, minute, name, why=why)
    ),
    st.booleans(),
    st.sampled_from("abc"),
    st.integers(-5, 35),
    st.sampled_from(["", "iPhone", "[DISDIK] Ruang 1", "[DISDIK] 1001 Siti", "[DISDIK] 1002 Sity"]),
    st.sampled_from(["left", "network", "unknown"]),
)


def _by_key(rows: list[SightingRow]) -> list[SightingRow]:
    """One telling per sighting, as the table keeps it."""
    return list({row[:4]: row for row in rows}.values())


@given(st.lists(ROWS, max_size=8).map(_by_key), st.randoms())
def test_order_never_matters(rows: list[SightingRow], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settled(*shuffled) == settled(*rows)


@given(st.lists(ROWS, max_size=8).map(_by_key), st.integers(0, 35))
def test_presence_never_exceeds_the_window_and_nobody_appears_twice(rows: list[SightingRow], minute: int) -> None:
    found = settled(*rows)
    assert all(0 <= presence.seconds <= 30 * 60 for presence in found)
    people = [presence.asn_id for presence in found if presence.asn_id]
    assert len(people) == len(set(people))
    # A stranger who comes changes nothing for the others.
    more = settled(*rows, joined("stranger", minute, "someone new"))
    assert set(found) < set(more)


def test_an_interval_is_what_it_says() -> None:
    assert Interval(t(0), t(1)) == Interval(t(0), t(1), dropped=False)
