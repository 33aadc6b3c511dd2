"""Whose turn it is, and the words that are spoken."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.errors import NotInTurns, NoTurnLeft, SumMismatch, TurnMoved, TurnNotCalled, TurnTaken
from app.apel.roster import Unit
from app.apel.rules import Figures
from app.apel.schemas import FiguresWrite
from app.apel.turns import (
    TurnAction,
    TurnFact,
    Turns,
    TurnState,
    changes_turn,
    fold_turns,
    next_turn,
    order_units,
    weeks_since,
    words_to_get_ready,
    words_to_read,
)
from app.core.errors import Refusal
from app.duty.rules import EXCUSED, NOT_REQUIRED
from tests.make import MONDAY

ORDER = ("SETDA", "DISDIK", "DINKES", "PUPR", "KEC-SIMBORO")


def facts_of(written: str) -> list[TurnFact]:
    """`call:DISDIK answer:DISDIK`"""
    pairs = [one.split(":") for one in written.split()]
    return [TurnFact(code, TurnAction(action), MONDAY) for action, code in pairs]


def stand(written: str) -> Turns:
    return fold_turns(ORDER, facts_of(written))


STANDS = {
    "nobody was called": ("", None, "SETDA DISDIK DINKES"),
    "the first has the turn": ("call:SETDA", "SETDA", "DISDIK DINKES PUPR"),
    "an answer leaves the turn where it is": ("call:SETDA answer:SETDA", "SETDA", "DISDIK DINKES PUPR"),
    "somebody called out of order is not called again": ("call:DINKES", "DINKES", "SETDA DISDIK PUPR"),
    "who did not answer does not come back by itself": ("call:SETDA no-answer:SETDA", "SETDA", "DISDIK DINKES PUPR"),
    "a recall takes the turn": ("call:SETDA call:DISDIK recall:SETDA", "SETDA", "DINKES PUPR KEC-SIMBORO"),
    "an OPD that is no longer called is overlooked": ("call:LAMA", None, "SETDA DISDIK DINKES"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "current", "following"), STANDS.values(), ids=STANDS)
def test_whose_turn_it_is(written: str, current: str | None, following: str) -> None:
    turns = stand(written)
    assert (turns.current, " ".join(turns.next)) == (current, following)


def test_the_next_is_called_only_by_who_sees_the_present_one() -> None:
    assert next_turn(stand(""), None) == "SETDA"
    assert next_turn(stand("call:SETDA"), "SETDA") == "DISDIK"
    with pytest.raises(TurnMoved):
        next_turn(stand("call:SETDA"), None)
    with pytest.raises(NoTurnLeft):
        next_turn(stand(" ".join(f"call:{code}" for code in ORDER)), ORDER[-1])


CHANGES: dict[str, tuple[str, str, bool | type[Refusal]]] = {
    "a waiting OPD is called": ("", "call:PUPR", True),
    "calling who has the turn changes nothing": ("call:PUPR", "call:PUPR", False),
    "recalling who has the turn changes nothing": ("call:PUPR", "recall:PUPR", False),
    "calling again what was answered is a recall": ("call:PUPR answer:PUPR", "call:PUPR", TurnTaken),
    "recalling what was answered": ("call:PUPR answer:PUPR", "recall:PUPR", True),
    "recalling who was never called": ("", "recall:PUPR", TurnNotCalled),
    "an answer of who was never called": ("", "answer:PUPR", TurnNotCalled),
    "no answer of who was never called": ("", "no-answer:PUPR", TurnNotCalled),
    "the same answer again": ("call:PUPR answer:PUPR", "answer:PUPR", False),
    "no answer again": ("call:PUPR no-answer:PUPR", "no-answer:PUPR", False),
    "an answer after all": ("call:PUPR no-answer:PUPR", "answer:PUPR", True),
    "an OPD that is not called at this apel": ("", "call:LAIN", NotInTurns),
}


@pytest.mark.parametrize(("before", "fact", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_changes_a_turn(before: str, fact: str, expected: bool | type[Refusal]) -> None:
    [said] = facts_of(fact)
    if isinstance(expected, bool):
        assert changes_turn(stand(before), said) is expected
    else:
        with pytest.raises(expected):
            changes_turn(stand(before), said)


def test_other_figures_correct_an_answer() -> None:
    [said] = facts_of("answer:PUPR")
    spoken = replace(said, figures=Figures(10, 10, 0))
    assert changes_turn(fold_turns(ORDER, [*facts_of("call:PUPR"), said]), spoken)
    turns = fold_turns(ORDER, [*facts_of("call:PUPR"), said, spoken])
    assert (turns.turns["PUPR"].spoken, turns.turns["PUPR"].state) == (Figures(10, 10, 0), TurnState.ANSWERED)


@given(st.lists(st.tuples(st.sampled_from(TurnAction), st.sampled_from(ORDER)), max_size=20))
def test_next_never_calls_who_was_called(drawn: list[tuple[TurnAction, str]]) -> None:
    turns = fold_turns(ORDER, [TurnFact(code, action, MONDAY) for action, code in drawn])
    called = {code for action, code in drawn}
    assert set(turns.next).isdisjoint(called)
    assert len(turns.next) == min(3, len(set(ORDER) - called))


def unit(code: str, order: int, unit_code: str | None = None) -> Unit:
    return Unit(code, unit_code or code, code, code, "dinas", order, "good", None, None, 0)


def test_the_order_is_the_protocols_and_parts_speak_through_their_unit() -> None:
    units = [unit("DINKES", 3), unit("PKM-BINANGA", 1, "DINKES"), unit("SETDA", 1), unit("BAPPEDA", 3)]
    assert order_units(units) == ("SETDA", "BAPPEDA", "DINKES")


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        pytest.param(
            Figures(37, 28, 3, {"DL": 2, "S": 1, "CT": 1}, 2),
            "Lapor, Dinas Pendidikan: jumlah pegawai 37, kurang 6, hadir 31; "
            "keterangan kurang: DL 2, sakit 1, cuti 1, TK 2. Laporan selesai.",
            id="with reasons",
        ),
        pytest.param(
            Figures(12, 12, 0),
            "Lapor, Dinas Pendidikan: jumlah pegawai 12, kurang nihil, hadir 12. Laporan selesai.",
            id="nobody is missing",
        ),
        pytest.param(
            Figures(9, 3, 0, {"CS": 1, "CM": 1, "CT": 1, "I": 1, "TB": 1, "DD": 1}),
            "Lapor, Dinas Pendidikan: jumlah pegawai 9, kurang 6, hadir 3; "
            "keterangan kurang: DD 1, izin 1, cuti 3, TB 1. Laporan selesai.",
            id="kinds of leave are not told apart aloud",
        ),
    ],
)
def test_the_report_is_read_aloud_in_the_known_formula(figures: Figures, text: str) -> None:
    assert words_to_read("Dinas Pendidikan", figures) == text


@pytest.mark.parametrize("code", sorted(EXCUSED))
def test_every_reason_is_spoken(code: str) -> None:
    assert words_to_read("X", Figures(1, 0, 0, {code: 1})).endswith(" 1. Laporan selesai.")


def test_the_group_reads_whose_turn_it_is_and_who_gets_ready() -> None:
    assert words_to_get_ready("Setda", ["Disdik", "Dinkes"]) == "Giliran lapor: Setda. Bersiap: Disdik, Dinkes."
    assert words_to_get_ready(None, ["Setda"]) == "Laporan belum dimulai. Bersiap: Setda."
    assert words_to_get_ready("Setda", []) == "Giliran lapor: Setda. Tidak ada lagi yang menunggu."


def test_weeks_since_the_last_call() -> None:
    assert weeks_since(date(2026, 11, 2), date(2026, 11, 23)) == 3
    assert weeks_since(None, date(2026, 11, 23)) is None


def test_official_figures_add_up_or_are_refused() -> None:
    Figures(976, 945, 0, {"DL": 25, "S": 1}, 5).require_sum()
    Figures(2372, 2308, 0, {"S": 15, "TB": 20, "CT": 12}, 17).require_sum()
    with pytest.raises(SumMismatch) as refusal:
        Figures(36005, 32534, 0, {"DL": 191, "CT": 3276}, 144).require_sum()
    assert refusal.value.facts == {"strength": 36005, "total": 36145}


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(-9, 9))
def test_only_exact_sums_are_taken(wfo: int, excused: int, unexplained: int, off: int) -> None:
    figures = Figures(wfo + excused + unexplained + off, wfo, 0, {"DL": excused}, unexplained)
    if off:
        with pytest.raises(SumMismatch):
            figures.require_sum()
    else:
        figures.require_sum()


def test_bodies_take_the_codes_of_the_form_and_no_others() -> None:
    schema = FiguresWrite.model_json_schema()["properties"]
    assert set(schema["excused"]["propertyNames"]["enum"]) == {code.value for code in EXCUSED}
    assert set(schema["not_required"]["propertyNames"]["enum"]) == {code.value for code in NOT_REQUIRED}
