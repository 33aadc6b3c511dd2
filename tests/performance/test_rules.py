"""Capaian, day by day, the predikat, and what is no output, without a database."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.performance.attendance_words import speaks_of_presence_alone
from app.performance.periods import target_period
from app.performance.predikat import Predikat, predikat_of, propose_results
from app.performance.rules import (
    WHOLE,
    Better,
    Capaian,
    Missing,
    Outcome,
    OutputFigure,
    Standing,
    State,
    capaian,
    share_of,
)
from app.performance.verdicts import AT_WORK, UNKNOWN, Verdict, judge_day
from app.policies.rules_of_performance import Expectation, OutputRules
from app.policies.sources import Source

TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
HIGHER, LOWER = Better.HIGHER, Better.LOWER
A, B = UUID(int=1), UUID(int=2)


def accepted(share: int, weight: int = 1, of: UUID = A) -> Outcome:
    """A verified target, of which so many hundredths were reached."""
    return Outcome(of, weight, YESTERDAY, State.ACCEPTED, share * WHOLE // 100)


def standing(state: State, to_date: date = YESTERDAY, *, excused: bool = False, of: UUID = B) -> Outcome:
    return Outcome(of, 1, to_date, state, None, excused)


@pytest.mark.parametrize(
    ("actual", "target", "better", "millionths"),
    [
        pytest.param("50", "100", HIGHER, 500_000, id="half of what was agreed is a half"),
        pytest.param("120", "100", HIGHER, WHOLE, id="more than was agreed is all of it"),
        pytest.param("0", "100", HIGHER, 0, id="nothing is nothing"),
        pytest.param("1", "3", HIGHER, 333_333, id="a third is rounded"),
        pytest.param("2", "3", HIGHER, 666_667, id="half-up"),
        pytest.param("30", "15", LOWER, 500_000, id="twice as long as agreed is a half"),
        pytest.param("10", "15", LOWER, WHOLE, id="shorter than agreed is all of it"),
        pytest.param("0", "15", LOWER, WHOLE, id="nothing is all of it where less is better"),
        pytest.param("0", "0", LOWER, WHOLE, id="none of none is all of it where less is better"),
        pytest.param("3", "0", LOWER, 0, id="some where none was agreed is nothing"),
    ],
)
def test_a_share(actual: str, target: str, better: Better, millionths: int) -> None:
    assert share_of(Decimal(actual), Decimal(target), better) == millionths


@pytest.mark.parametrize(
    ("outcome", "today"),
    [
        pytest.param(standing(State.OPEN, TOMORROW), Standing.PENDING, id="what is due tomorrow is pending"),
        pytest.param(standing(State.OPEN, TODAY), Standing.PENDING, id="what is due today is pending all day"),
        pytest.param(standing(State.OPEN, YESTERDAY), Standing.MISSED, id="what was due yesterday was missed"),
        pytest.param(standing(State.OPEN, YESTERDAY, excused=True), Standing.EXCUSED, id="on leave nothing was due"),
        pytest.param(standing(State.WAITING), Standing.WAITING, id="what nobody verified waits, however late"),
        pytest.param(standing(State.RETURNED), Standing.RETURNED, id="what was returned is no miss"),
        pytest.param(
            Outcome(A, 1, YESTERDAY, State.ACCEPTED, WHOLE, True), Standing.ACCEPTED, id="work done on leave counts"
        ),
    ],
)
def test_how_a_target_stands(outcome: Outcome, today: Standing) -> None:
    assert outcome.standing(TODAY) is today


@pytest.mark.parametrize(
    ("outcomes", "percent", "weight", "excluded", "missing"),
    [
        pytest.param([], None, 0, {}, Missing.NO_TARGET, id="without a target nothing is said"),
        pytest.param([accepted(50)], "50.00", 1, {}, None, id="one target"),
        pytest.param(
            [accepted(100, 30), accepted(50, 70, B)], "65.00", 100, {}, None, id="indicators count by their weight"
        ),
        pytest.param(
            [accepted(100, 1), accepted(0, 1), accepted(50, 1), accepted(100, 1, B)],
            "75.00",
            2,
            {},
            None,
            id="three targets of an indicator weigh as much as one of another",
        ),
        pytest.param(
            [accepted(80), standing(State.WAITING)],
            "80.00",
            1,
            {Standing.WAITING: 1},
            None,
            id="what waits for verification is left out of both sums",
        ),
        pytest.param(
            [accepted(80), standing(State.RETURNED)],
            "80.00",
            1,
            {Standing.RETURNED: 1},
            None,
            id="what was returned is left out of both sums",
        ),
        pytest.param(
            [accepted(80), standing(State.OPEN, TOMORROW)],
            "80.00",
            1,
            {Standing.PENDING: 1},
            None,
            id="what is not due is left out of both sums",
        ),
        pytest.param([accepted(80), standing(State.OPEN)], "40.00", 2, {}, None, id="what was missed counts zero"),
        pytest.param(
            [standing(State.WAITING)],
            None,
            0,
            {Standing.WAITING: 1},
            Missing.NOTHING_SETTLED,
            id="nothing verified is missing, never zero",
        ),
        pytest.param(
            [standing(State.OPEN, excused=True)],
            None,
            0,
            {Standing.EXCUSED: 1},
            Missing.EXCUSED,
            id="a whole span of leave says nothing",
        ),
    ],
)
def test_what_targets_come_to(
    outcomes: list[Outcome],
    percent: str | None,
    weight: int,
    excluded: dict[Standing, int],
    missing: Missing | None,
) -> None:
    found = capaian(outcomes, TODAY)
    said = None if found.percent is None else str(found.percent)
    assert (said, found.weight, dict(found.excluded), found.missing) == (percent, weight, excluded, missing)
    left = {Standing.WAITING, Standing.RETURNED, Standing.PENDING} & excluded.keys()
    assert found.provisional is bool(left)


IDS = [UUID(int=number) for number in range(5)]
WEIGHTS = dict(zip(IDS, (1, 7, 20, 33, 100), strict=True))


@st.composite
def outcome(draw: st.DrawFn) -> Outcome:
    of, state = draw(st.sampled_from(IDS)), draw(st.sampled_from(State))
    share = draw(st.integers(0, WHOLE)) if state is State.ACCEPTED else None
    return Outcome(of, WEIGHTS[of], draw(st.sampled_from([YESTERDAY, TOMORROW])), state, share, draw(st.booleans()))


OUTCOMES = st.lists(outcome(), max_size=12)
AMOUNT = st.decimals(0, 10**6, places=2)


@given(OUTCOMES)
def test_never_above_all_and_never_below_nothing(outcomes: list[Outcome]) -> None:
    percent = capaian(outcomes, TODAY).percent
    assert percent is None or 0 <= percent <= 100


@given(OUTCOMES.flatmap(lambda outcomes: st.tuples(st.just(outcomes), st.permutations(outcomes))))
def test_the_order_never_matters(both: tuple[list[Outcome], list[Outcome]]) -> None:
    assert capaian(both[0], TODAY) == capaian(both[1], TODAY)


@given(OUTCOMES, st.integers(2, 4))
def test_cutting_every_target_into_equal_ones_changes_no_percentage(outcomes: list[Outcome], times: int) -> None:
    assert capaian(outcomes * times, TODAY).percent == capaian(outcomes, TODAY).percent


@given(OUTCOMES, st.integers(2, 50))
def test_weights_have_no_scale(outcomes: list[Outcome], times: int) -> None:
    scaled = [Outcome(o.indicator_id, o.weight * times, o.to_date, o.state, o.share, o.excused) for o in outcomes]
    before, after = capaian(outcomes, TODAY), capaian(scaled, TODAY)
    assert after.weight == times * before.weight
    if before.percent is not None and after.percent is not None:
        # The sum is kept to six decimals, which a greater weight cuts finer.
        assert abs(after.percent - before.percent) <= Decimal("0.01")


@given(OUTCOMES, st.integers(1, 3))
def test_an_indicator_cut_into_alike_ones_of_the_same_weight_in_sum_counts_the_same(
    outcomes: list[Outcome], share: int
) -> None:
    whole = [*outcomes, Outcome(UUID(int=90), 30, YESTERDAY, State.ACCEPTED, share * 300_000)]
    parts = [Outcome(UUID(int=91 + n), w, YESTERDAY, State.ACCEPTED, share * 300_000) for n, w in enumerate((10, 20))]
    assert capaian([*outcomes, *parts], TODAY) == capaian(whole, TODAY)


@given(AMOUNT, AMOUNT, st.decimals("0.01", 10**6, places=2))
def test_more_never_lowers_what_is_better_higher_and_never_raises_what_is_better_lower(
    one: Decimal, other: Decimal, target: Decimal
) -> None:
    less, more = sorted((one, other))
    assert share_of(less, target, HIGHER) <= share_of(more, target, HIGHER)
    assert share_of(less, target, LOWER) >= share_of(more, target, LOWER)


@given(OUTCOMES)
def test_the_next_day_only_turns_what_was_pending_into_misses(outcomes: list[Outcome]) -> None:
    before, after = capaian(outcomes, TODAY), capaian(outcomes, TODAY + timedelta(days=30))
    assert Standing.PENDING not in after.excluded
    assert before.excluded.get(Standing.WAITING) == after.excluded.get(Standing.WAITING)
    assert after.weight >= before.weight


def test_a_person_counts_once_in_an_opd_and_never_as_zero_when_unknown() -> None:
    figure = OutputFigure(people=4, known=2, earned=Decimal("1.5"))
    assert (figure.percent, figure.missing) == (Decimal("75.00"), 2)
    assert OutputFigure(people=3).percent is None


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-11-23", date(2026, 11, 23), date(2026, 11, 23)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_target_is_agreed_for_a_day_a_month_or_a_quarter(code: str, first: date, last: date) -> None:
    period = target_period(code)
    assert (period.from_date, period.to_date) == (first, last)


@pytest.mark.parametrize("code", ["2026", "2026-02-30", "2026-13", "2026-Q5", "2026-11-23T00", "", "２０２６-11"])
def test_nothing_else_is_a_period_of_a_target(code: str) -> None:
    with pytest.raises(ValueError, match=r"\S|^$"):
        target_period(code)


# Days


DUE_AND = {
    "all reached": ([accepted(100), accepted(100, 1, B)], Verdict.FULL),
    "some of it reached": ([accepted(100), accepted(20, 1, B)], Verdict.PARTIAL),
    "nothing reported": ([standing(State.OPEN)], Verdict.NONE),
    "nothing reached": ([accepted(0)], Verdict.NONE),
    "not verified": ([accepted(100), standing(State.WAITING)], Verdict.PENDING),
    "returned": ([standing(State.RETURNED)], Verdict.PENDING),
    "the day is not over": ([standing(State.OPEN, TODAY)], Verdict.PENDING),
    "on leave": ([standing(State.OPEN, excused=True)], Verdict.EXCUSED),
    "nothing agreed": ([], Verdict.NO_TARGET),
}


@pytest.mark.parametrize("output", DUE_AND)
@pytest.mark.parametrize("place", ["wfa", "dl", AT_WORK, UNKNOWN])
def test_output_decides_wherever_the_person_was(place: str, output: str) -> None:
    outcomes, verdict = DUE_AND[output]
    judged = judge_day(place, outcomes, TODAY)
    assert (judged.place, judged.verdict) == (place, verdict)


def test_a_day_reached_in_part_says_by_how_much() -> None:
    assert judge_day(AT_WORK, [accepted(100), accepted(20, 1, B)], TODAY).capaian.percent == Decimal("60.00")


# Predikat


BELOW, MEETS, ABOVE = Expectation.BELOW, Expectation.MEETS, Expectation.ABOVE


@pytest.mark.parametrize(
    ("results", "behaviour", "predikat"),
    [
        pytest.param(ABOVE, ABOVE, "sangat_baik", id="both above: sangat baik"),
        pytest.param(ABOVE, MEETS, "baik", id="results above, behaviour meets: baik"),
        pytest.param(ABOVE, BELOW, "kurang", id="results above, behaviour below: kurang"),
        pytest.param(MEETS, ABOVE, "baik", id="results meet, behaviour above: baik"),
        pytest.param(MEETS, MEETS, "baik", id="both meet: baik"),
        pytest.param(MEETS, BELOW, "kurang", id="results meet, behaviour below: kurang"),
        pytest.param(BELOW, ABOVE, "butuh_perbaikan", id="results below, behaviour above: butuh perbaikan"),
        pytest.param(BELOW, MEETS, "butuh_perbaikan", id="results below, behaviour meets: butuh perbaikan"),
        pytest.param(BELOW, BELOW, "sangat_kurang", id="both below: sangat kurang"),
    ],
)
def test_the_predikat(results: Expectation, behaviour: Expectation, predikat: str) -> None:
    assert predikat_of(results, behaviour) == predikat


RANK = list(Predikat)


def test_better_results_or_behaviour_never_give_a_worse_predikat() -> None:
    def rises(row: Sequence[Predikat]) -> bool:
        return all(RANK.index(low) <= RANK.index(high) for low, high in pairwise(row))

    axis = (BELOW, MEETS, ABOVE)
    assert all(rises([predikat_of(results, behaviour) for behaviour in axis]) for results in axis)
    assert all(rises([predikat_of(results, behaviour) for results in axis]) for behaviour in axis)
    assert {predikat_of(*pair) for pair in product(axis, axis)} == set(Predikat)


NINETY = OutputRules(90, Source("uji", verified=False))


@pytest.mark.parametrize(
    ("found", "rules", "proposed"),
    [
        pytest.param(Capaian(Decimal("0.9"), 1), NINETY, MEETS, id="what the policy asks for meets"),
        pytest.param(Capaian(Decimal(1), 1), NINETY, MEETS, id="all of it meets: only a person says above"),
        pytest.param(Capaian(Decimal("0.8999"), 1), NINETY, BELOW, id="less is below"),
        pytest.param(Capaian(Decimal("0.89996"), 1), NINETY, MEETS, id="the percentage that is shown decides"),
        pytest.param(Capaian(), NINETY, None, id="nothing while it is missing"),
        pytest.param(Capaian(Decimal(1), 1, {Standing.WAITING: 1}), NINETY, None, id="nothing while something waits"),
        pytest.param(Capaian(Decimal(1), 1, {Standing.EXCUSED: 1}), NINETY, MEETS, id="what was excused does not wait"),
        pytest.param(Capaian(Decimal(1), 1), None, None, id="nothing without a rule"),
    ],
)
def test_what_is_proposed_of_results(found: Capaian, rules: OutputRules | None, proposed: Expectation | None) -> None:
    assert propose_results(found, rules) is proposed


# Presence is no output


PRESENCE = [
    "Mengikuti apel pagi",
    "Hadir apel gabungan",
    "Absen masuk kantor",
    "Upacara 17 Agustus",
    "apel",
    "APEL PAGI & SORE",
    "Ikut serta dalam upacara bendera di halaman Kantor Bupati Mamuju",
    "Mengikuti apel ASN Dinas Pendidikan",
    "Melaksanakan absensi online pukul 07.30 WITA",
    "Presensi elektronik",
    "Kehadiran 100 persen",
    "Hadir tepat waktu setiap hari kerja",
    "Masuk kantor tepat waktu",
    "Datang dan pulang kerja tepat waktu",
    "Menghadiri upacara HUT RI",
    "Senam kesegaran jasmani Jumat pagi",
]
OUTPUT = [
    "Rekap presensi ASN selesai",
    "Laporan kehadiran pegawai",
    "Rekapitulasi apel bulan November",
    "Menyusun naskah sambutan apel gabungan",
    "Dokumen persiapan upacara 17 Agustus",
    "Aplikasi absensi berbasis wajah",
    "Absensi berbasis wajah diterapkan di 10 puskesmas",
    "Tingkat kehadiran apel ASN kabupaten naik",
    "Kehadiran pegawai",
    "Kehadiran layanan KTP di 88 desa",
    "Jumlah KTP elektronik yang diterbitkan",
    "Masuk 10 besar penghargaan investasi",
    "Kapel desa direhabilitasi",
    "Kantor desa dibangun",
    "https://arsip.mamujukab.go.id/apel/2026.pdf",
    "Memandu upacara adat bagi wisatawan",
    "Penyelenggaraan upacara bendera",
    "12",
    "",
]


@pytest.mark.parametrize("text", PRESENCE)
def test_being_present_is_no_output(text: str) -> None:
    assert speaks_of_presence_alone(text)


@pytest.mark.parametrize("text", OUTPUT)
def test_what_is_made_is_output(text: str) -> None:
    assert not speaks_of_presence_alone(text)
