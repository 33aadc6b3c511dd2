"""What people type as their name: mostly what the roster says, and all that goes wrong with it."""

from collections.abc import Callable
from random import Random

from app.demo.zoom_twin.cast import Cast, Office, Person, Who
from app.demo.zoom_twin.faults import People

DEVICES = ("iPhone", "iPhone 12", "Galaxy A15", "OPPO A57", "Redmi Note 12", "LAPTOP-7JQ2M", "Zoom user", "Admin", "")
NICKNAMES = ("Cici", "Upik", "Ancha", "Sity", "Bunda Aisya", "Pak De", "Mama Rara", "Bos")
STRANGERS = (
    "Ibu Camat", "Pak Sekda", "Wartawan", "Dinas", "Kantor Camat", "Ruang Rapat", "Aula", "Tamu 1", "Siti", "Andi",
    "[BUPATI] Ruang Kerja", "[] Ruang", "[DINKE] Ruang 2", "1001 Siti", "[KOMINFO 1001 Andi", "Apel Pagi", "<b>x</b>",
    "=1+1", "Ｓｉｔｉ", "مدير", "Ruang 🏢",
)  # fmt: skip
BOTS = ("Otter.ai", "Fireflies.ai Notetaker", "read.ai meeting notes", "Notulen AI")
RECORDERS = ("Perekam Kominfo", "Live YouTube", "OBS Kominfo")

Style = Callable[[Random, Cast, Person], str]
TRIES = 50


def name_of(draw: Random, cast: Cast, person: Person, shares: People) -> str:
    """What this person types. Never a name that fits somebody else by the convention: nobody could tell."""
    for _ in range(TRIES):
        name = _style(draw, shares)(draw, cast, person)
        if cast.means(name) in {None, Who("person", person.asn_id), Who("room", person.unit)}:
            return name
    return person.join_name


def _style(draw: Random, shares: People) -> Style:
    chance = draw.random()
    for share, style in (
        (shares.full_name, lambda _, __, one: f"[{one.unit}] {one.digits} {one.name}"),
        (shares.first_word, lambda _, __, one: f"[{one.unit}] {one.digits} {one.name.split()[0]}"),
        (shares.digits_only, lambda _, __, one: f"[{one.unit}] {one.digits}"),
        (shares.small_letters, lambda _, __, one: one.join_name.lower().replace("] ", "]")),
        (shares.full_width, lambda _, __, one: _full_width(one.join_name)),
        (shares.nickname, lambda draw, _, one: f"[{one.unit}] {one.digits} {draw.choice(NICKNAMES)}"),
        (shares.wrong_digits, _wrong_digits),
        (shares.wrong_code, _wrong_code),
        (shares.more_digits, _more_digits),
        (shares.no_digits, lambda _, __, one: f"[{one.unit}] {one.name}"),
        (shares.bare, lambda draw, _, one: draw.choice((one.name, one.name.split()[0], *DEVICES))),
        (shares.prefixed, lambda draw, _, one: f"{draw.choice(('Ibu', 'Pak', 'dr.'))} {one.join_name}"),
    ):
        if chance < share:
            return style
        chance -= share
    return lambda _, __, one: one.join_name


def _full_width(name: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)


def _wrong_digits(draw: Random, cast: Cast, person: Person) -> str:
    place = draw.randrange(4)
    digits = f"{person.digits[:place]}{draw.randrange(10)}{person.digits[place + 1 :]}"
    return f"[{person.unit}] {digits} {draw.choice(person.name.split())}"


def _wrong_code(draw: Random, cast: Cast, person: Person) -> str:
    code = draw.choice((person.unit[:-1], person.unit + "S", draw.choice(list(cast.offices))))
    return f"[{code}] {person.digits} {draw.choice(person.name.split())}"


def _more_digits(draw: Random, cast: Cast, person: Person) -> str:
    return f"[{person.unit}] {draw.choice((person.digits + '1', person.nip, '0' + person.digits))} {person.name}"


def room_name(draw: Random, office: Office) -> str:
    text = draw.choice(("Ruang Apel", "Ruang 1", "Aula", "Kantor", "Halaman Kantor", "2 Ruang", ""))
    return f"[{office.code}] {text}".strip() if draw.random() < 0.9 else f"[{office.code.lower()}]{text}"


def unreadable_room_name(draw: Random, cast: Cast, office: Office) -> str:
    """A slip in the code that is nobody else's code."""
    slips = [office.code[:-1], office.code + "X", office.code[1:], office.code[::-1]]
    slips = [code for code in slips if code and code not in cast.offices]
    return f"[{draw.choice(slips or ['X' + office.code])}] Ruang 2"


def numbered_room_name(office: Office) -> str:
    return f"[{office.code}] 2026 Aula"
