"""What the rooms tell of one person in a period."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.figures import points_of
from app.circulars.counting import acknowledged_of
from app.composite.judging import Values, values_of_person
from app.composite.loading import Ground
from app.composite.rules import ConductFacts
from app.deposits.counting import compliance_of
from app.livestreams.reading import confirmed_of
from app.performance.queries import capaian_of
from app.scoring.records import load_records


async def load_person_values(session: AsyncSession, ground: Ground, asn_id: UUID) -> tuple[Values, bool]:
    """The parts of one person, and whether some of the results still wait."""
    first, last, who = ground.period.from_date, ground.period.to_date, [asn_id]
    records = await load_records(session, ground.period, who, today=ground.today)
    capaian = (await capaian_of(session, who, first, last, ground.today)).get(asn_id)
    behaviour = (await points_of(session, who, first, last, today=ground.today))[asn_id]
    conduct = ConductFacts(
        acknowledged=(await acknowledged_of(session, who, first, ground.due_until)).get(asn_id),
        deposited=(await compliance_of(session, who, first, last)).get(asn_id),
        incidents=(await confirmed_of(session, who, first, last)).get(asn_id, 0) if ground.forbidden else None,
    )
    values = values_of_person(records.of(asn_id).score, capaian, behaviour, conduct, ground.rules)
    return values, capaian is not None and capaian.provisional
