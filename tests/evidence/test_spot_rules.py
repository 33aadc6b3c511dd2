"""Which rooms are drawn: by seed alone, each as likely as any other."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.spot_rules import draw_units

CODES = st.sets(st.from_regex(r"[A-Z]{1,6}", fullmatch=True), max_size=30)
SEEDS = st.text(max_size=20).filter(str.isprintable)


@given(SEEDS, CODES, st.integers(0, 40), st.randoms())
def test_a_draw_depends_on_seed_and_pool_alone(seed: str, pool: set[str], number: int, random: object) -> None:
    shuffled = sorted(pool)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    drawn = draw_units(seed, shuffled, number)
    assert drawn == draw_units(seed, pool, number)
    assert len(drawn) == min(number, len(pool))
    assert set(drawn) <= pool
    assert drawn == sorted(drawn)


@given(SEEDS, CODES, st.integers(0, 30))
def test_drawing_more_keeps_what_fewer_would_have_drawn(seed: str, pool: set[str], number: int) -> None:
    assert set(draw_units(seed, pool, number)) <= set(draw_units(seed, pool, number + 1))


def test_anybody_can_draw_again_with_other_tools() -> None:
    assert draw_units("uji", ["DINKES", "DISDIK"], 1) == [
        min(("DINKES", "DISDIK"), key=lambda code: sha256(b"uji:" + code.encode()).hexdigest())
    ]


def test_every_unit_is_drawn_as_often_as_the_others() -> None:
    pool = [f"OPD{n}" for n in range(10)]
    drawn = [code for seed in range(5000) for code in draw_units(str(seed), pool, 2)]
    # A thousand each, with a deviation of 28; five times that does not happen by chance.
    assert all(abs(drawn.count(code) - 1000) < 140 for code in pool)
