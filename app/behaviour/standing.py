"""Making what the latest words about people add up to, from those words alone: the same words give the same rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import astuple
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.models import Assessment, PeerRating, Standing
from app.behaviour.queries import Key, among
from app.behaviour.rules import Heard, Ratings, hear_together
from app.core.bulk import Row, upsert_rows
from app.core.periods import Period
from app.policies.rules_of_performance import Expectation, Rater

AT_ONCE = 5_000
"""People and periods whose words are held in memory together when everything is made again."""


async def rebuild_standings(session: AsyncSession, keys: Collection[Key]) -> None:
    """Have the rows of these people and periods agree with the latest words, in three statements."""
    if not keys:
        return
    said = await _load_words(session, keys)
    await upsert_rows(session, Standing, [_row(key, words) for key, words in sorted(said.items())])


async def rebuild_all_standings(session: AsyncSession) -> int:
    """Make every row again; returns how many people and periods there are."""
    named = select(Assessment.asn_id, Assessment.period)
    hidden = select(PeerRating.asn_id, PeerRating.period)
    keys = [(asn_id, period) for asn_id, period in await session.execute(named.union(hidden))]
    for some in _in_parts(keys):
        await rebuild_standings(session, some)
    return len(keys)


def _in_parts(keys: list[Key]) -> list[list[Key]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


async def _load_words(session: AsyncSession, keys: Collection[Key]) -> dict[Key, dict[Rater, list[Ratings]]]:
    said: dict[Key, dict[Rater, list[Ratings]]] = defaultdict(lambda: defaultdict(list))
    named = (
        select(Assessment.asn_id, Assessment.period, Assessment.rater, Assessment.ratings)
        .where(among(Assessment, keys))
        .ext(distinct_on(Assessment.asn_id, Assessment.period, Assessment.rater))
        .order_by(Assessment.asn_id, Assessment.period, Assessment.rater, Assessment.version.desc())
    )
    for asn_id, period, rater, ratings in await session.execute(named):
        said[asn_id, period][Rater(rater)].append(_ratings(ratings))
    hidden = (
        select(PeerRating.asn_id, PeerRating.period, PeerRating.ratings)
        .where(among(PeerRating, keys))
        .ext(distinct_on(PeerRating.asn_id, PeerRating.period, PeerRating.peer))
        .order_by(PeerRating.asn_id, PeerRating.period, PeerRating.peer, PeerRating.version.desc())
    )
    for asn_id, period, ratings in await session.execute(hidden):
        said[asn_id, period][Rater.PEER].append(_ratings(ratings))
    return said


def _ratings(kept: Mapping[str, Any]) -> Ratings:
    return {guide: Expectation(word) for guide, word in kept.items()}


def _row(key: Key, words: Mapping[Rater, list[Ratings]]) -> Row:
    asn_id, code = key
    period = Period.parse(code)
    heard = {rater: hear_together(words.get(rater, ())) for rater in Rater}
    return {
        "asn_id": asn_id,
        "period": code,
        "from_date": period.from_date,
        "to_date": period.to_date,
        "superior_tally": _whole(heard[Rater.SUPERIOR]),
        "self_tally": _whole(heard[Rater.SELF]),
        "peer_tally": _whole(heard[Rater.PEER]),
        "by_value": {rater.value: _by_value(one) for rater, one in heard.items() if one is not None},
    }


def _whole(heard: Heard | None) -> tuple[int, ...] | None:
    return None if heard is None else astuple(heard.whole)


def _by_value(heard: Heard) -> dict[str, tuple[int, ...]]:
    return {value: astuple(tally) for value, tally in heard.values.items()}
