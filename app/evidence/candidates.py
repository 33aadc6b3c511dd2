"""Whom an unmatched name may mean: suggestions for a person to confirm, never a match.

What was typed is compared word by word with the names of the roster, its digits with the NIPs, its code with those of
the OPDs. The score says how much of what was typed fits. Where more fit alike than can be listed none of them is, since
a list cut by chance misleads.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import extract

from app.apel.roster import TITLES, Entry, Roster, Unit
from app.core.fields import fold

MOST = 5
LEAST_SCORE = 40
"""Below, a name fits by chance: every second device is called like a word of somebody's name."""
CLOSE_WORD, CLOSE_CODE = 0.82, 0.85
"""Jaro-Winkler: `sity` is close to `siti` (0.88) and to `sitti` (0.85), `ana` to `andi` (0.78) is not."""
CLOSE_DIGITS = 0.7
NAME, DIGITS, UNIT = 50, 30, 20
"""How the parts of a claim weigh; one that was not typed does not count."""
FOR_A_PERSON = NAME + UNIT
"""What must be typed for a full score: digits alone, or a name alone, may be many people's."""


class ReasonCode(StrEnum):
    NAME_SAME = "name-same"
    NAME_ORDER = "name-order"
    NAME_PART = "name-part"
    NAME_CLOSE = "name-close"
    NIP_DIGITS = "nip-digits"
    NIP_DIGITS_CLOSE = "nip-digits-close"
    CODE_SAME = "code-same"
    CODE_CLOSE = "code-close"
    OPD_NAME = "opd-name"
    ALREADY_CONNECTED = "already-connected"


class Candidate(NamedTuple):
    """A person, or the room of an OPD (`asn_id` None)."""

    asn_id: UUID | None
    opd_code: str
    name: str
    score: int
    reasons: tuple[ReasonCode, ...]


_CODE = re.compile(r"\s*[\[(<{\u3010]\s*([^\])>}\u3011]{1,40}?)\s*[\])>}\u3011]")
_NIP_TAIL = 4
_ROOM_WORDS = frozenset({"ruang", "ruangan", "room", "aula", "kantor", "rapat", "lantai", "gedung", "zoom", "apel"})
"""Words that a room of any OPD may bear, and nobody's name."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """A display name taken apart."""

    words: tuple[str, ...]
    digits: tuple[str, ...]
    claims: Mapping[str, float]
    """Reporting unit → how well the typed code is its own."""

    def score(self, name: float, digits: float, unit_code: str, *, least: int = 1) -> int:
        """Of a hundred: how much of what was typed fits."""
        fits, typed = 0.0, 0
        if self.words:
            fits, typed = NAME * name, NAME
        if self.digits:
            fits, typed = fits + DIGITS * digits, typed + DIGITS
        if self.claims:
            fits, typed = fits + UNIT * self.claims.get(unit_code, 0.0), typed + UNIT
        return round(100 * fits / max(typed, least))


class _Words:
    """Which names bear a word, or one that is close to it."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self.names = names
        self._bearers: dict[str, list[int]] = {}
        for number, words in enumerate(names):
            for word in set(words):
                self._bearers.setdefault(word, []).append(number)
        self._vocabulary = list(self._bearers)
        self._close: dict[str, dict[int, float]] = {}

    def fit(self, typed: Sequence[str]) -> dict[int, float]:
        """Name → 0–1: how well the typed words are of it, and how much of it they are."""
        sums: dict[int, float] = {}
        borne: dict[int, int] = {}
        distinct = set(typed)
        for word in distinct:
            for number, likeness in self._resembling(word).items():
                sums[number] = sums.get(number, 0.0) + likeness
                borne[number] = borne.get(number, 0) + 1
        return {
            number: total / len(distinct) * (0.5 + 0.5 * min(1.0, borne[number] / len(self.names[number])))
            for number, total in sums.items()
        }

    def _resembling(self, typed: str) -> dict[int, float]:
        if typed not in self._close:
            found: dict[int, float] = {}
            close = extract(typed, self._vocabulary, scorer=JaroWinkler.similarity, score_cutoff=CLOSE_WORD, limit=None)
            for word, likeness, _ in close:  # the closest first
                for number in self._bearers[word]:
                    found.setdefault(number, likeness)
            self._close[typed] = found
        return self._close[typed]


@dataclass
class Directory:
    """The people and rooms of one apel that may be suggested; `connected` are those who were seen already."""

    roster: Roster
    connected: Collection[UUID | str] = ()
    only: Collection[str] | None = None
    """Reporting units that may be told of; None: all."""
    _units: dict[str, str] = field(init=False)
    _codes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        people = [entry for entry in self.roster.entries if self.only is None or entry.unit_code in self.only]
        rooms = [unit for code, unit in sorted(self.roster.units.items()) if unit.opd_code == unit.unit_code]
        self._people: list[Entry] = people
        self._rooms: list[Unit] = [unit for unit in rooms if self.only is None or unit.unit_code in self.only]
        self._units = {unit.opd_code: unit.unit_code for unit in self.roster.units.values()}
        for entry in self.roster.entries:
            self._units.setdefault(entry.opd_code, entry.unit_code)
        self._codes = sorted(self._units)
        self._person_words = _Words([_name_words(entry.folded_name.split()) for entry in people])
        # Each room twice: by its full and by its short name.
        self._room_words = _Words(
            [fold(name).split() or [""] for unit in self._rooms for name in (unit.name, unit.short_name)]
        )
        self._tails: dict[str, list[int]] = {}
        for number, entry in enumerate(people):
            self._tails.setdefault(entry.nip[-_NIP_TAIL:], []).append(number)

    def find(self, name: str, claimed: str | None = None) -> list[Candidate]:
        """At most five, the best first; `claimed` is the reporting unit that the name is known to claim."""
        typed = self._take_apart(name, claimed)
        found = self._find_people(typed)
        if not typed.digits:
            found += self._find_rooms(typed)
        return sorted(found, key=lambda one: (-one.score, one.name, str(one.asn_id)))[:MOST]

    def _take_apart(self, name: str, claimed: str | None) -> _Typed:
        text = unicodedata.normalize("NFKC", name)
        coded = _CODE.match(text)
        rest = text[coded.end() :] if coded else text
        digits = tuple(re.findall(r"[0-9]{4,}", rest))
        words = [word for word in fold(rest).split() if word.isalpha() and word not in _ROOM_WORDS]
        claims = {claimed: 1.0} if claimed else self._close_codes(coded[1]) if coded else {}
        for word in list(words):
            if (code := word.upper()) in self._units:
                claims = {**claims, self._units[code]: 1.0}
                words.remove(word)
        return _Typed(tuple(_name_words(words)), digits, claims)

    def _close_codes(self, typed: str) -> dict[str, float]:
        code = typed.upper()
        if code in self._units:
            return {self._units[code]: 1.0}
        close = extract(code, self._codes, scorer=JaroWinkler.similarity, score_cutoff=CLOSE_CODE, limit=MOST)
        return {self._units[found]: likeness for found, likeness, _ in reversed(close)}

    def _find_people(self, typed: _Typed) -> list[Candidate]:
        """Of the claimed OPD, and of others those who fit better than anybody there."""
        names = self._person_words.fit(typed.words)
        digits = self._fitting_digits(typed.digits)
        likely = names.keys() | {number for number, fits in digits.items() if fits == 1}
        scores = {number: self._score(number, typed, names, digits) for number in likely}
        there = {number for number in likely if self._people[number].unit_code in typed.claims}
        best_there = max((scores[number] for number in there), default=0)
        ranked = sorted(((score, n) for n, score in scores.items() if score >= LEAST_SCORE), reverse=True)
        chosen = [(score, n) for score, n in ranked if n in there or score > best_there]
        return [self._person(n, score, typed, names, digits) for score, n in _best(chosen)]

    def _fitting_digits(self, typed: Iterable[str]) -> dict[int, float]:
        found: dict[int, float] = {}
        for digits in typed:
            for slip in _slips(digits):
                found.update((number, CLOSE_DIGITS) for number in self._tails.get(slip, ()) if number not in found)
            for number in self._tails.get(digits[-_NIP_TAIL:], ()):
                if len(digits) == _NIP_TAIL or self._people[number].nip == digits:
                    found[number] = 1.0
        return found

    def _score(self, number: int, typed: _Typed, names: Mapping[int, float], digits: Mapping[int, float]) -> int:
        unit_code = self._people[number].unit_code
        return typed.score(names.get(number, 0.0), digits.get(number, 0.0), unit_code, least=FOR_A_PERSON)

    def _person(
        self, number: int, score: int, typed: _Typed, names: Mapping[int, float], digits: Mapping[int, float]
    ) -> Candidate:
        who = self._people[number]
        reasons = [
            *(_of_name(typed.words, self._person_words.names[number]) if number in names else []),
            *_of_digits(digits.get(number)),
            *_of_code(typed.claims.get(who.unit_code)),
        ]
        if who.asn_id in self.connected:
            reasons.append(ReasonCode.ALREADY_CONNECTED)
        return Candidate(who.asn_id, who.unit_code, who.name, score, tuple(reasons))

    def _find_rooms(self, typed: _Typed) -> list[Candidate]:
        names: dict[int, float] = {}
        for number, likeness in self._room_words.fit(typed.words).items():
            names[number // 2] = max(likeness, names.get(number // 2, 0.0))
        found = []
        for number, unit in enumerate(self._rooms):
            likeness, claim = names.get(number, 0.0), typed.claims.get(unit.unit_code)
            score = typed.score(likeness, 0.0, unit.unit_code)
            if score >= LEAST_SCORE:
                reasons = [*([ReasonCode.OPD_NAME] if likeness else []), *_of_code(claim)]
                if unit.unit_code in self.connected:
                    reasons.append(ReasonCode.ALREADY_CONNECTED)
                found.append(Candidate(None, unit.unit_code, unit.name, score, tuple(reasons)))
        return found


def _best(ranked: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The first few; of those that tie with what would be cut off, none."""
    if len(ranked) <= MOST:
        return ranked
    return [one for one in ranked[:MOST] if one[0] > ranked[MOST][0]]


def _name_words(words: Sequence[str]) -> list[str]:
    """The words by which somebody is called; all of them where no such word is left."""
    called = [word for word in words if len(word) > 2 and word not in TITLES]
    return called or list(words)


def _slips(digits: str) -> set[str]:
    """Four digits that are one slip away: one mistyped, two swapped, one too many."""
    if len(digits) == _NIP_TAIL + 1:
        return {digits[:at] + digits[at + 1 :] for at in range(len(digits))}
    if len(digits) != _NIP_TAIL:
        return set()
    mistyped = {digits[:at] + other + digits[at + 1 :] for at in range(_NIP_TAIL) for other in "0123456789"}
    swapped = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(_NIP_TAIL - 1)}
    return (mistyped | swapped) - {digits}


def _of_name(typed: Sequence[str], name: Sequence[str]) -> list[ReasonCode]:
    if list(typed) == list(name):
        return [ReasonCode.NAME_SAME]
    if sorted(typed) == sorted(name):
        return [ReasonCode.NAME_ORDER]
    return [ReasonCode.NAME_PART if set(typed) <= set(name) else ReasonCode.NAME_CLOSE]


def _of_digits(fits: float | None) -> list[ReasonCode]:
    if not fits:
        return []
    return [ReasonCode.NIP_DIGITS if fits == 1 else ReasonCode.NIP_DIGITS_CLOSE]


def _of_code(fits: float | None) -> list[ReasonCode]:
    if not fits:
        return []
    return [ReasonCode.CODE_SAME if fits == 1 else ReasonCode.CODE_CLOSE]
