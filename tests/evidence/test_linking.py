"""From messages to a complete list: the list tells who was there and when, what messages knew besides is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.runs import OccurrenceSpan
from app.evidence.identity import Key, KeyKind, Known, Subject
from app.evidence.linking import Linking, ListSeen, StayRow, choose_lists
from app.evidence.rules import Compared, Presence, Span, SubjectKind, Window, were_whole
from app.evidence.settling import Devices, Gathering, SightingRow, measure
from tests.evidence.people import ASN, addressed
from tests.evidence.test_settling import APEL, joined, left, t

ROSTER = addressed(siti="siti@mamuju.go.id")
WINDOW = Window(t(0), t(30))


def stay(name: str, start: float, end: float, *, run: str = "run", **keys: str) -> StayRow:
    return StayRow(
        run, name, keys.get("second"), keys.get("registrant"), keys.get("account"), keys.get("email"), t(start), t(end)
    )


def gathered(
    rows: Iterable[SightingRow], stays: Sequence[StayRow], decided: dict[Key, Subject] | None = None
) -> list[Presence]:
    """Settled as the service does it, with a list for the run of that name."""
    gathering = Gathering(APEL, Known(ROSTER, decided=decided or {}, remembered={}), {"run": t(30), "run 2": t(30)})
    seen = Devices()
    for row in rows:
        seen.add(row)
    heard = [device for device in seen.in_order() if stays and device.occurrence_uuid == "run"]
    linking = Linking()
    for device in heard:
        linking.see(device)
    for one in stays:
        linking.add(one)
    told = linking.devices()
    others = [device for device in seen.in_order() if device not in heard]
    for device in sorted([*others, *told.values()], key=lambda device: device.device):
        gathering.add(device)
    for device in heard:
        gathering.hear(device, told.get(device.device, device))
    whole = were_whole([pair for one in gathering.participants if (pair := one.compare(WINDOW))])
    found = [measure(one, APEL, WINDOW, whole=whole)[0] for one in gathering.participants]
    return sorted(found, key=lambda presence: presence.id)


def test_the_list_stands_in_place_of_messages() -> None:
    (room,) = gathered([joined("a", 0, "[DISDIK] Ruang 1"), left("a", 20)], [stay("[DISDIK] Ruang 1", 0, 25)])
    assert (room.seconds, room.intervals) == (25 * 60, (Span(t(0), t(25)),))
    assert room.compared == Compared(20 * 60, 25 * 60, whole=True)
    assert room.compared.differs


def test_a_list_alone_and_a_run_without_one_are_both_told() -> None:
    (room,) = gathered(
        [joined("b", 20, "[DISDIK] Aula", run="run 2"), left("b", 25, run="run 2")], [stay("[DISDIK] Ruang 1", 0, 10)]
    )
    assert room.seconds == 15 * 60
    assert room.compared == Compared(0, 10 * 60, whole=True)


def test_who_is_in_messages_alone_stays_visible_without_time() -> None:
    (siti, room) = sorted(
        gathered([joined("a", 0, "[DISDIK] 1001 Siti"), left("a", 10)], [stay("[DISDIK] Ruang 1", 0, 10)]),
        key=lambda one: one.kind,
    )
    assert (siti.asn_id, siti.seconds, siti.intervals, siti.connected) == (ASN["siti"], 0, (), False)
    assert siti.compared == Compared(10 * 60, 0, whole=True)
    assert room.compared == Compared(0, 10 * 60, whole=True)


def test_a_stranger_whom_the_list_does_not_know_is_gone() -> None:
    found = gathered([joined("a", 0, "iPhone")], [stay("[DISDIK] Ruang 1", 0, 10)])
    assert [one.kind for one in found] == [SubjectKind.ROOM]


def test_phone_and_laptop_of_one_person_are_united_and_never_added() -> None:
    (siti,) = gathered([], [stay("[DISDIK] 1001 Siti", 0, 20), stay("iPhone", 10, 25, email="siti@mamuju.go.id")])
    assert (siti.seconds, siti.asn_id, siti.matched_by) == (25 * 60, ASN["siti"], "email")


def test_a_decision_about_a_device_holds_for_its_stay() -> None:
    siti = Subject(SubjectKind.PERSON, None, ASN["siti"])
    decided = {Key(KeyKind.DEVICE, "run a"): siti}
    rows = [joined("a", 1, "iPhone"), left("a", 9)]
    (before,) = gathered(rows, [], decided)
    (after,) = gathered(rows, [stay("iPhone", 1 + 1 / 60, 9)], decided)
    assert (before.id, before.asn_id) == (after.id, ASN["siti"])
    assert after.matched_by == "decision"


def test_a_decision_about_a_stay_holds_when_its_messages_come_later() -> None:
    (alone,) = gathered([], [stay("iPhone", 1, 9)])
    key = Key(KeyKind.DEVICE, f"run stay {t(1).isoformat()} iphone")
    decided = {key: Subject(SubjectKind.PERSON, None, ASN["siti"])}
    assert alone.kind is SubjectKind.UNKNOWN
    (later,) = gathered([joined("a", 1, "iPhone"), left("a", 9)], [stay("iPhone", 1, 9)], decided)
    assert later.asn_id == ASN["siti"]


def test_an_unknown_keeps_its_id_from_messages_to_list() -> None:
    rows = [joined("a", 1, "iPhone"), left("a", 9)]
    assert gathered(rows, [])[0].id == gathered(rows, [stay("iPhone", 1, 9)])[0].id


def test_a_changed_name_is_kept_though_the_list_shows_one() -> None:
    rows = [joined("a", 1, "iPhone"), left("a", 9, "[DISDIK] 1001 Siti")]
    (siti,) = gathered(rows, [stay("iPhone", 1, 9)])
    assert (siti.asn_id, siti.seconds) == (ASN["siti"], 8 * 60)


def test_the_first_name_in_brackets_is_a_second_name() -> None:
    (siti,) = gathered([], [stay("[DISDIK] 1001 Siti", 1, 9, second="iPhone")])
    assert siti.asn_id == ASN["siti"]
    (unclear,) = gathered([], [stay("[DISDIK] 1001 Siti", 1, 9, second="[DISDIK] 1002 Sitti")])
    assert unclear.kind is SubjectKind.UNKNOWN


def test_a_broken_connection_is_known_from_the_message_of_leaving() -> None:
    broke = [joined("a", 0, "[DISDIK] Ruang 1"), left("a", 10, why="network")]
    (room,) = gathered(broke, [stay("[DISDIK] Ruang 1", 0, 10)])
    assert room.network_gap
    (room,) = gathered(broke, [stay("[DISDIK] Ruang 1", 5, 10)])
    assert not room.network_gap, "another stay"


RUN = [joined("a", 0, "iPhone"), joined("b", 0, "iPhone"), left("a", 5, why="network"), left("b", 9)]
LINKS = {
    "two of one name who came together are told apart by when they left": (
        RUN, [stay("iPhone", 0, 5), stay("iPhone", 0, 9)], [True, False],
    ),
    "and by nothing when they left together and one was cut off": (
        [joined("a", 0, "iPhone"), joined("b", 0, "iPhone"), left("a", 5, why="network"), left("b", 5)],
        [stay("iPhone", 0, 5), stay("iPhone", 0, 5)], [False, False],
    ),
    "an account that both showed tells": (
        [joined("a", 0, "iPhone", account="z"), left("a", 5, why="network"), joined("b", 0, "iPhone")],
        [stay("Siti", 0, 5, account="z")], [True],
    ),
    "another account is another person, whatever the name": (
        [joined("a", 0, "iPhone", account="z"), left("a", 5, why="network")],
        [stay("iPhone", 0, 5, account="y")], [False],
    ),
    "three seconds later is somebody else": (
        [joined("a", 0, "iPhone"), left("a", 5, why="network")], [stay("iPhone", 3 / 60, 5)], [False],
    ),
    "each stay of a device that came back has its own leaving": (
        [joined("a", 0, "iPhone"), left("a", 5, why="network"), joined("a", 6), left("a", 9)],
        [stay("iPhone", 0, 5), stay("iPhone", 6, 9)], [True, False],
    ),
    "a leaving after the next joining belongs to that": (
        [joined("a", 0, "iPhone"), joined("a", 6), left("a", 9, why="network")],
        [stay("iPhone", 0, 5), stay("iPhone", 6, 9)], [False, True],
    ),
    "another run is another device": (
        [joined("a", 0, "iPhone", run="run 2"), left("a", 5, run="run 2", why="network")],
        [stay("iPhone", 0, 5)], [False],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LINKS.values(), ids=LINKS.keys())
def test_which_stay_is_which_device(case: tuple[list[SightingRow], list[StayRow], list[bool]]) -> None:
    rows, stays, dropped = case
    seen = Devices()
    for row in rows:
        seen.add(row)
    linking = Linking()
    for device in seen.in_order():
        linking.see(device)
    for one in stays:
        linking.add(one)
    intervals = [interval for device in linking.devices().values() for interval in device.listed]
    assert [interval.dropped for interval in sorted(intervals)] == dropped


def test_strangers_who_came_and_left_together_keep_their_ids_and_what_was_decided_about_them() -> None:
    rows = [row for device in "abc" for row in (joined(device, 0, "iPhone"), left(device, 30))]
    stays = [stay("iPhone", 0, 30)] * 3
    decided = {Key(KeyKind.DEVICE, "run b"): Subject(SubjectKind.PERSON, None, ASN["siti"])}
    before, after = gathered(rows, [], decided), gathered(rows, stays, decided)
    assert {(one.id, one.seconds) for one in before} == {(one.id, one.seconds) for one in after}
    assert [one.asn_id for one in after if one.asn_id] == [ASN["siti"]]
    # With one stay less, nobody knows whose it is that is missing.
    fewer = gathered(rows, stays[:2], decided)
    assert [(one.asn_id, one.seconds) for one in fewer if one.asn_id] == [(ASN["siti"], 0)]


def test_two_strangers_of_one_name_and_second_stay_two() -> None:
    found = gathered([], [stay("iPhone", 0, 5), stay("iPhone", 0, 5)])
    assert len({one.id for one in found}) == 2


MINUTES = st.integers(-5, 35)
NAMES = st.sampled_from(["", "iPhone", "[DISDIK] Ruang 1", "[DISDIK] 1001 Siti", "[DISDIK] 1002 Sity"])
ROWS = st.builds(
    lambda kind, device, minute, name, why, run: (
        joined(device, minute, name, run=run) if kind else left(device, minute, name, run=run, why=why)
    ),
    st.booleans(), st.sampled_from("abc"), MINUTES, NAMES, st.sampled_from(["left", "network"]),
    st.sampled_from(["run", "run 2"]),
)  # fmt: skip
STAYS = st.builds(
    lambda name, start, length, account: stay(name, start, start + length, **({"account": account} if account else {})),
    NAMES, MINUTES, st.integers(0, 20), st.sampled_from(["", "", "z"]),
)  # fmt: skip


def _by_key(rows: list[SightingRow]) -> list[SightingRow]:
    return list({row[:4]: row for row in rows}.values())


@given(st.lists(ROWS, max_size=8).map(_by_key), st.lists(STAYS, max_size=6), st.randoms())
def test_the_order_in_which_messages_came_never_matters(
    rows: list[SightingRow], stays: list[StayRow], random: Random
) -> None:
    shuffled = [*rows, *rows[:3]]
    random.shuffle(shuffled)
    assert gathered(shuffled, stays) == gathered(rows, stays)


@given(st.lists(ROWS, max_size=8).map(_by_key), st.lists(STAYS, min_size=1, max_size=6))
def test_messages_change_no_time_that_a_list_tells(rows: list[SightingRow], stays: list[StayRow]) -> None:
    """Late or replayed messages of the run may tell who a stranger was, never for how long anybody was there."""
    of_run = [row for row in rows if row[0] == "run"]
    spans = {span for one in gathered(of_run, stays) for span in one.intervals}
    whole = {(max(one.joined_at, t(0)), min(one.left_at, t(30))) for one in stays}
    inside = [(start, end) for start, end in whole if start < end]
    covered = {minute for start, end in inside for minute in _minutes(start, end)}
    told = {m for span in spans for m in _minutes(max(span.start, t(0)), min(span.end or t(30), t(30)))}
    assert told == covered


def _minutes(start: datetime, end: datetime) -> set[datetime]:
    return {start + timedelta(minutes=n) for n in range(int((end - start) / timedelta(minutes=1)))}


@given(st.lists(STAYS, min_size=1, max_size=6))
def test_messages_that_say_what_the_list_says_differ_in_nothing(stays: list[StayRow]) -> None:
    rows = [row for n, one in enumerate(stays) for row in _told_by_messages(n, one)]
    found = gathered(rows, stays)
    assert not any(one.compared and one.compared.differs for one in found)
    alone = {(one.kind, one.asn_id, one.seconds) for one in gathered([], stays) if one.asn_id or one.opd_code}
    assert {(one.kind, one.asn_id, one.seconds) for one in found if one.asn_id or one.opd_code} == alone


def _told_by_messages(n: int, one: StayRow) -> list[SightingRow]:
    account = {"account": one.account_id} if one.account_id else {}
    came = (one.joined_at - t(0)).total_seconds() / 60
    went = (one.left_at - t(0)).total_seconds() / 60
    return [joined(f"d{n}", came, one.display_name, **account), left(f"d{n}", went, one.display_name)]


WHOLE: dict[str, tuple[list[tuple[int, int]], bool]] = {
    "nothing differs": ([(600, 600)] * 5, True),
    "three rooms differ": ([(600, 600)] * 5 + [(0, 600)] * 3, True),
    "a minute is no difference": ([(600, 540)] * 50, True),
    "an outage": ([(0, 600)] * 4, False),
    "one in ten of many": ([(600, 600)] * 90 + [(0, 600)] * 10, True),
    "more than one in ten": ([(600, 600)] * 89 + [(0, 600)] * 10, False),
}


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE.keys())
def test_messages_were_whole_but_for_exceptions(case: tuple[list[tuple[int, int]], bool]) -> None:
    assert were_whole(case[0]) is case[1]


def span(uuid: str, start: float, end: float | None, number: str = "860") -> OccurrenceSpan:
    return OccurrenceSpan(uuid, number, t(start), None if end is None else t(end), t(end or start))


def listed(number: int, uuid: str, source: str, minute: float) -> ListSeen:
    return ListSeen(UUID(int=number), uuid, source, t(minute))


R, C = span("real", 0, 30), span("csv:860:x", 0, 31)
CHOICES = {
    "the newest of equals": ([R], [listed(2, "real", "csv", 50), listed(1, "real", "csv", 40)], {"real": 2}),
    "a report before a file, whichever came first": (
        [R], [listed(1, "real", "report", 40), listed(2, "real", "csv", 50)], {"real": 1},
    ),
    "a run known from a file alone": ([C], [listed(1, C.uuid, "csv", 40)], {C.uuid: 1}),
    "a file's run gives its list to the real one": (
        [R, C], [listed(1, C.uuid, "csv", 40)], {"real": 1, C.uuid: None},
    ),
    "and is silent when that has a report": (
        [R, C], [listed(2, C.uuid, "csv", 50), listed(1, "real", "report", 40)], {"real": 1, C.uuid: None},
    ),
    "a real run at another time is another": (
        [span("real", 40, 60), C], [listed(1, C.uuid, "csv", 40)], {C.uuid: 1},
    ),
    "so is one of another number": (
        [replace(R, meeting_id="861"), C], [listed(1, C.uuid, "csv", 40)], {C.uuid: 1},
    ),
    "no list": ([R], [], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CHOICES.values(), ids=CHOICES.keys())
def test_which_list_counts(case: tuple[list[OccurrenceSpan], list[ListSeen], dict[str, int | None]]) -> None:
    runs, lists, chosen = case
    expected = {uuid: None if number is None else UUID(int=number) for uuid, number in chosen.items()}
    assert choose_lists(runs, lists) == choose_lists(runs, lists[::-1]) == expected
