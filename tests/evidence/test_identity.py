"""Whom a device means: never a wrong person, rather nobody."""

import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import fold
from app.evidence.bots import is_bot
from app.evidence.identity import (
    Decisions,
    Key,
    KeyKind,
    Known,
    MatchedBy,
    PersonName,
    RoomName,
    Shown,
    Subject,
    lasting_keys,
    parse_display_name,
)
from app.evidence.rules import SubjectKind
from tests.evidence.people import ASN, ROSTER, addressed
from tests.make import MONDAY

ROOM, PERSON, OPERATOR = SubjectKind.ROOM, SubjectKind.PERSON, SubjectKind.OPERATOR
DEVICE = Key(KeyKind.DEVICE, "run uuid:1")


def person(key: str) -> Subject:
    return next(Subject(PERSON, e.unit_code, e.asn_id) for e in ROSTER.entries if e.asn_id == ASN[key])


def unknown(claims: str | None = None) -> Subject:
    return Subject(SubjectKind.UNKNOWN, claims)


def shown(*names: str, registrant: str = "", account: Iterable[str] = (), email: str = "") -> Shown:
    accounts = {account} if isinstance(account, str) else set(account)
    return Shown(DEVICE, {registrant} - {""}, accounts, {email} - {""}, dict.fromkeys(names, MONDAY))


def known(decided: Decisions | None = None, remembered: Decisions | None = None, **emails: set[str]) -> Known:
    people = {key: f"{name}@mamuju.go.id" for name, keys in emails.items() for key in keys}
    return Known(addressed(**people), decided=decided or {}, remembered=remembered or {})


def by_name(name: str) -> Subject:
    subject, rung = known().identify(shown(name))
    assert (rung is None) is (subject.kind is SubjectKind.UNKNOWN)
    return subject


@pytest.mark.parametrize(
    "name",
    [
        "[DISDIK] Ruang 1",
        "[DISDIK]Ruang 1",
        "[disdik] ruang 1",
        " [ DISDIK ]  Aula",
        "［ＤＩＳＤＩＫ］　Ｒｕａｎｇ　１",
        unicodedata.normalize("NFD", "[DISDIK] Ruang Dé"),
        "[DISDIK] 1",
        "[DISDIK] 301",
        "[DISDIK] Ruang 1001 Siti",
        "[DISDIK]",
        "[SMP1] Ruang guru",
    ],
)
def test_a_code_and_a_text_are_the_room_of_the_reporting_unit(name: str) -> None:
    assert by_name(name) == Subject(ROOM, "DISDIK")


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("[DISDIK] 1001 Siti", "siti"),
        ("[DISDIK] 1001 Siti Aminah", "siti"),
        ("[DISDIK] 1001 Siti Amina", "siti"),
        ("[DISDIK] 1001", "siti"),
        ("[DISDIK]1001Siti", "siti"),
        ("[disdik] 1001 siti", "siti"),
        ("［ＤＩＳＤＩＫ］ １００１ Ｓｉｔｉ", "siti"),
        ("[DISDIK] 1002 Budi", "budi"),
        ("[DISDIK] 1002 SANTOSO budi", "budi"),
        ("[DISDIK] 1002 Ana", "ana"),
        ("[SMP1] 1002 Ana", "ana"),
        ("[SMP1] 1002", "ana"),
        ("[PKM.BINANGA] 1003 Dewi", "dewi"),
        ("[DINKES] 1003 Dewi", "dewi"),
        ("[DINKES] 1001 Rahmat", "rahmat"),
    ],
)
def test_four_digits_and_words_are_the_one_person_whom_they_fit(name: str, who: str) -> None:
    assert by_name(name) == person(who)


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        pytest.param("[DISDIK] 1002 Sity", "DISDIK", id="a mistyped name connects nobody and no room"),
        pytest.param("[DISDIK] 1002", "DISDIK", id="digits that several bear"),
        pytest.param("[DISDIK] 1002 Bud", "DISDIK", id="part of a word"),
        pytest.param("[DISDIK] 1002 Budi Aminah", "DISDIK", id="one word that is not the person's"),
        pytest.param("[DISDIK] 1001 Sity", "DISDIK", id="digits of one person with another's name"),
        pytest.param("[DISDIK] 9999 Siti", "DISDIK", id="digits that nobody bears"),
        pytest.param("[DINKES] 1002 Budi", "DINKES", id="a person of another OPD"),
        pytest.param("[SMP1] 1001 Siti", "DISDIK", id="a person of the unit who is not of the part"),
        pytest.param("[DINKES] 1004 Andi Baso", "DINKES", id="two of the same name and digits"),
        pytest.param("[DISDIK] 10012 Siti", "DISDIK", id="five digits"),
        pytest.param("[DISDIK] 198501012010011001 Siti", "DISDIK", id="a whole NIP"),
        pytest.param("[DISDK] Ruang 1", None, id="a code that nobody has"),
        pytest.param("[DISDK] 1001 Siti", None, id="a person of a code that nobody has"),
        pytest.param("DISDIK Ruang 1", None, id="no brackets"),
        pytest.param("(DISDIK) Ruang 1", None, id="round brackets"),
        pytest.param("【DISDIK】 Ruang 1", None, id="lens brackets"),
        pytest.param("Ruang [DISDIK]", None, id="words before the code"),
        pytest.param("[DISDIK Ruang 1", None, id="an open bracket"),
        pytest.param("[] Ruang 1", None, id="no code"),
        pytest.param("Siti Aminah", None, id="a name alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_is_not_certain_is_unknown(name: str, claims: str | None) -> None:
    assert by_name(name) == unknown(claims)


def test_every_join_name_is_recognised_as_its_bearer_or_left_to_a_person() -> None:
    for entry in ROSTER.entries:
        subject = by_name(entry.join_name)
        if entry.asn_id in (ASN["twin1"], ASN["twin2"]):
            assert subject == unknown("DINKES")
        else:
            assert subject == Subject(PERSON, entry.unit_code, entry.asn_id)


@given(st.text(max_size=40))
def test_no_name_breaks_the_reading_and_none_without_a_code_is_anybody(name: str) -> None:
    parsed = parse_display_name(name)
    assert parsed is None or "[" in unicodedata.normalize("NFKC", name)


@given(st.from_regex(r"\[DISDIK\] ?[0-9]{4}[^0-9]?.{0,12}", fullmatch=True))
def test_a_claim_to_be_a_person_is_never_a_room(name: str) -> None:
    assert not isinstance(parse_display_name(name), RoomName)
    assert by_name(name).kind is not ROOM


def test_words_are_folded_for_comparison() -> None:
    assert parse_display_name("[DISDIK] 1001 Sítí, A.") == PersonName("DISDIK", "1001", ("siti", "a"))


KEY = Key(KeyKind.ACCOUNT, "z8y")
BUDI, DINKES = Subject(PERSON, None, ASN["budi"]), Subject(ROOM, "DINKES")


@pytest.mark.parametrize(
    ("setting", "device", "subject", "rung"),
    [
        pytest.param(
            known(decided={DEVICE: BUDI}, remembered={Key(KeyKind.REGISTRANT, "r"): DINKES}),
            shown("[DISDIK] Ruang 1", registrant="r"), person("budi"), MatchedBy.DECISION,
            id="a person's decision for this apel goes before all",
        ),
        pytest.param(
            known(decided={Key(KeyKind.NAME, "hp budi"): BUDI}), shown("HP Budi"), person("budi"), MatchedBy.DECISION,
            id="a decision may name any key",
        ),
        pytest.param(
            known(remembered={Key(KeyKind.REGISTRANT, "r"): BUDI, KEY: DINKES}),
            shown("[DISDIK] 1001 Siti", registrant="r", account="z8y"), person("budi"), MatchedBy.REGISTRANT,
            id="the registrant goes before the account",
        ),
        pytest.param(
            known(remembered={KEY: DINKES}, siti={"siti"}), shown("x", account="z8y", email="siti@mamuju.go.id"),
            DINKES, MatchedBy.ACCOUNT, id="the account goes before the e-mail",
        ),
        pytest.param(
            known(siti={"siti"}), shown("[DISDIK] 1002 Budi", email="siti@mamuju.go.id"), person("siti"),
            MatchedBy.EMAIL, id="the e-mail of the register goes before the name",
        ),
        pytest.param(
            known(), shown("iPhone", email="disdik@mamuju.go.id"), Subject(ROOM, "DISDIK"), MatchedBy.EMAIL,
            id="the address of an OPD is its room",
        ),
        pytest.param(
            known(remembered={Key(KeyKind.EMAIL, "bot@zoom.us"): Subject(OPERATOR)}), shown("OtterPilot",
            email="bot@zoom.us"), Subject(OPERATOR), MatchedBy.EMAIL, id="a known e-mail is an operator's",
        ),
        pytest.param(
            known(remembered={Key(KeyKind.NAME, "disdik 1002 sity"): BUDI}), shown("[DISDIK] 1002 Sity"),
            person("budi"), MatchedBy.ALIAS, id="a remembered name is an alias",
        ),
        pytest.param(
            known(), shown("[DINKES] Aula", email="shared@mamuju.go.id"), DINKES, MatchedBy.DISPLAY_NAME,
            id="an address of two OPDs is no hit, and the name is asked",
        ),
        pytest.param(
            known(kantor={"siti", "budi"}), shown("[DISDIK] 1001 Siti", email="kantor@mamuju.go.id"), person("siti"),
            MatchedBy.DISPLAY_NAME, id="an address of two people is no hit, and the name is asked",
        ),
        pytest.param(
            known(disdik={"siti"}), shown("x", email="disdik@mamuju.go.id"), unknown(), None,
            id="an address of an OPD and a person is no hit",
        ),
        pytest.param(
            known(remembered={KEY: Subject(PERSON, None, ASN["siti"]), Key(KeyKind.ACCOUNT, "b"): BUDI}),
            shown("x", account=["z8y", "b"]), unknown(), None, id="two accounts of two people are no hit",
        ),
        pytest.param(
            known(), shown("[DISDIK] 1001 Siti", "[DISDIK] 1002 Budi"), unknown("DISDIK"), None,
            id="a device renamed from one person to another is neither",
        ),
        pytest.param(
            known(), shown("iPhone", "[DISDIK] 1001 Siti"), person("siti"), MatchedBy.DISPLAY_NAME,
            id="a device renamed to the convention is recognised",
        ),
        pytest.param(
            known(), shown("[DISDIK] 1002 Sity", "[DINKES] 9999 Sity"), unknown(), None,
            id="claims of two OPDs are a claim of none",
        ),
        pytest.param(
            known(remembered={KEY: Subject(PERSON, None, ASN["siti"].__class__(int=99))}), shown("x", account="z8y"),
            unknown(), None, id="a remembered person who is not on this roster is nobody here",
        ),
        pytest.param(
            known(remembered={KEY: Subject(ROOM, "SMP1")}), shown("x", account="z8y"), Subject(ROOM, "DISDIK"),
            MatchedBy.ACCOUNT, id="the room of a part is its reporting unit's",
        ),
        pytest.param(
            known(), shown("Host Diskominfo"), unknown(), None, id="nobody is an operator by name",
        ),
    ],
)  # fmt: skip
def test_the_ladder(setting: Known, device: Shown, subject: Subject, rung: MatchedBy | None) -> None:
    assert setting.identify(device) == (subject, rung)


HOSTS = {"host1"}


@pytest.mark.parametrize(
    ("device", "subject", "rung"),
    [
        pytest.param(
            shown("Diskominfo Mamuju", account="host1"), Subject(OPERATOR), MatchedBy.HOST,
            id="the account that hosts the meeting",
        ),
        pytest.param(
            shown("[DISDIK] Ruang 1", account="host1"), Subject(ROOM, "DISDIK"), MatchedBy.DISPLAY_NAME,
            id="the host's account in a room is the room",
        ),
        pytest.param(
            shown("[DISDIK] 1001 Siti", account="host1"), person("siti"), MatchedBy.DISPLAY_NAME,
            id="a host who joins as a person is that person",
        ),
        pytest.param(
            shown("[DISDIK] 1002 Sity", account="host1"), unknown("DISDIK"), None,
            id="a host with a mistyped name waits for a person",
        ),
        pytest.param(
            shown("Diskominfo", account="host1", email="siti@mamuju.go.id"), person("siti"), MatchedBy.EMAIL,
            id="an e-mail that the register knows goes before hosting",
        ),
        pytest.param(shown("Diskominfo", account="other"), unknown(), None, id="another account of that name"),
        pytest.param(shown("Diskominfo"), unknown(), None, id="the host's name without its account"),
        pytest.param(shown("Fireflies.ai Notetaker Siti"), Subject(OPERATOR), MatchedBy.BOT, id="a note taker"),
        pytest.param(shown("Fireflies.ai Notetaker", "Siti Aminah"), unknown(), None, id="one that was renamed"),
        pytest.param(shown(), unknown(), None, id="no name at all"),
    ],
)  # fmt: skip
def test_hosts_and_recorders_are_operators_unless_they_claim_to_be_somebody(
    device: Shown, subject: Subject, rung: MatchedBy | None
) -> None:
    setting = Known(addressed(siti="siti@mamuju.go.id"), decided={}, remembered={}, hosts=HOSTS)
    assert setting.identify(device) == (subject, rung)


@pytest.mark.parametrize(
    "name",
    [
        "Otter.ai", "Siti Aminah's Notetaker (Otter.ai)", "siti’s OtterPilot", "Adesh's Otter.ai Notetaker",
        "Fireflies.ai Notetaker", "Fireflies.ai Notetaker Budi", "read.ai meeting notes", "George's Fathom Notetaker",
        "tl;dv Notetaker", "Rahil's MeetGeek Notetaker", "Notta Bot",
    ],
)  # fmt: skip
def test_names_of_recorders(name: str) -> None:
    assert is_bot(name)


@pytest.mark.parametrize(
    "name",
    [
        "Siti Aminah", "Ai Siti Nurhaliza", "Fathom Rahman", "Grain", "Notetaker", "Notulen", "Otter", "Read",
        "Perekam Diskominfo", "bot", "read.ai meeting notes Siti", "Siti dan Otter.ai di rumah", "iPhone", "",
    ],
)  # fmt: skip
def test_what_may_be_a_person_is_no_recorder(name: str) -> None:
    assert not is_bot(name)


def test_every_listed_name_is_folded_and_sourced_and_no_star_stands_alone() -> None:
    listed = tomllib.loads((files("app.evidence") / "bots.toml").read_text("utf-8"))["bot"]
    assert all(bot["source"] and bot["product"] for bot in listed)
    for name in (name for bot in listed for name in bot["names"]):
        words = [word for word in name.split() if word != "*"]
        assert fold(" ".join(words)) == " ".join(words)
        assert len("".join(words)) >= 6
        assert name.count("*") <= 1


def keys(**values: str) -> list[Key]:
    return [Key(KeyKind(kind), value) for kind, value in values.items()]


SITI = next(entry for entry in ROSTER.entries if entry.asn_id == ASN["siti"])


@pytest.mark.parametrize(
    ("own", "others", "subject", "expected"),
    [
        pytest.param(
            keys(device="d", account="a", name="iphone"), [], person("siti"), keys(account="a"),
            id="an account is remembered, not the name beside it",
        ),
        pytest.param(
            keys(account="kantor", name="siti aminah hp"), keys(account="kantor"), person("siti"),
            keys(name="siti aminah hp"), id="an office's account on a private phone is nobody's key",
        ),
        pytest.param(
            keys(name="disdik 1001 sity"), [], person("siti"), keys(name="disdik 1001 sity"),
            id="a name with the digits is telling",
        ),
        pytest.param(keys(name="siti"), [], person("siti"), [], id="a first name means many people"),
        pytest.param(keys(name="iphone"), [], person("siti"), [], id="the name of a telephone means nobody"),
        pytest.param(keys(device="d"), [], person("siti"), [], id="a device is new at every meeting"),
        pytest.param(
            keys(name="dinas pendidikan"), [], Subject(ROOM, "DISDIK"), keys(name="dinas pendidikan"),
            id="a room may be remembered by its name",
        ),
        pytest.param(
            keys(name="ruang 1"), keys(name="ruang 1"), Subject(ROOM, "DISDIK"), [],
            id="a name that another device bears too means neither",
        ),
    ],
)  # fmt: skip
def test_what_can_be_remembered(own: list[Key], others: list[Key], subject: Subject, expected: list[Key]) -> None:
    assert lasting_keys(own, others, subject, SITI if subject.kind is PERSON else None) == expected
