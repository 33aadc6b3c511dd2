"""Rewards over HTTP: who could have one, and the proposals that a person then grants or declines."""

from typing import Annotated

from fastapi import Depends, Query

from app.core.periods import Period
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.decisions import rewarding
from app.decisions.reward_reading import read_rewards
from app.decisions.reward_schemas import RewardFilter, RewardsPropose, RewardsProposed, RewardsRead
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.routing import room_router

router = room_router("/v1", "rewards")
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.get("/rewards")
async def list_rewards(
    wanted: Annotated[RewardFilter, Query()], caller: Reader, session: Transaction, now: Now, language: Speech
) -> RewardsRead:
    """Who reached what the awards of a period ask, with the rule and the figures, and who is excluded and why."""
    return await read_rewards(session, caller, wanted, language, at=now)


@router.post("/rewards/propose")
async def propose_rewards(body: RewardsPropose, caller: Admin, session: Transaction, now: Now) -> RewardsProposed:
    """Recommend the rewards of a period for somebody to decide; asking again changes nothing."""
    return await rewarding.propose_rewards(session, caller, Period.parse(body.period), at=now)
