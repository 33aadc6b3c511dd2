"""What the certificate of a reward says, from the copy that was frozen when it was granted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.queries import nips_of
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.traces import RuleLine
from app.decisions.errors import DecisionNotFound
from app.decisions.letters import Letterhead
from app.decisions.queries import get_decision
from app.decisions.reward_schemas import CertificateRead
from app.decisions.rewards import Award
from app.decisions.rules import Kind


async def read_certificate(
    session: AsyncSession, caller: Principal, decision_id: UUID, head: Letterhead, *, at: datetime
) -> CertificateRead:
    """Raises DecisionNotFound, also for a decision that gives no reward."""
    decision = await get_decision(session, caller, decision_id, civil_date(at, zone_of(session)))
    if decision.kind != Kind.REWARD:
        raise DecisionNotFound
    nips = await nips_of(session, [decision.asn_id] if decision.asn_id else [])
    await record(session, caller, "decisions.certificate", at=at, target=str(decision.id), nips=nips)
    basis = decision.frozen["basis"]
    return CertificateRead(
        decision_id=decision.id,
        award=Award(decision.code),
        title=decision.title,
        name=basis["name"],
        opd_code=basis["opd_code"],
        opd_name=basis["opd_name"],
        period=decision.period,
        from_date=basis["from"],
        to_date=basis["to"],
        instansi=head.instansi,
        letter_no=decision.letter_no,
        signed_on=decision.signed_on,
        signatory=decision.signatory,
        lines=[RuleLine.model_validate(line) for line in basis["lines"]],
        policy=decision.policy,
        sample=head.sample,
    )
