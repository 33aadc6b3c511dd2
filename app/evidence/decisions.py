"""What people decided about keys, as it is kept: what counts at an apel, who said it last, and how it is told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, false, not_, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.evidence.identity import Key, KeyKind, Subject
from app.evidence.models import IdentityKey, Participant
from app.evidence.rules import SubjectKind
from app.evidence.schemas import DecisionRead, RevocationRead, SubjectRead


async def load_decisions(
    session: AsyncSession, apel_id: UUID, *, until: datetime | None = None
) -> tuple[dict[Key, Subject], dict[Key, Subject]]:
    """What people decided about keys: for this apel, and remembered; of the latter what stood at `until`, else now."""
    stands = IdentityKey.revoked_at.is_(None)
    ended_later = false() if until is None else and_(IdentityKey.revoked_at > until, not_(IdentityKey.taken_back))
    said = true() if until is None else IdentityKey.at <= until
    stood = and_(said, or_(stands, ended_later))
    standing = select(IdentityKey).where(
        or_(and_(IdentityKey.apel_id == apel_id, stands), and_(IdentityKey.apel_id.is_(None), stood))
    )
    decided: dict[Key, Subject] = {}
    remembered: dict[Key, Subject] = {}
    for row in await session.scalars(standing.order_by(IdentityKey.at, IdentityKey.id)):
        subject = Subject(SubjectKind(row.subject_kind), row.opd_code, row.asn_id)
        (remembered if row.apel_id is None else decided)[Key(KeyKind(row.kind), row.value)] = subject
    return decided, remembered


async def list_decisions(session: AsyncSession, participant: Participant) -> Sequence[IdentityKey]:
    """What was ever said about the keys of a participant, for its apel or for all, the latest first."""
    keys = [(key["kind"], key["value"]) for key in participant.keys]
    said = select(IdentityKey).where(
        or_(IdentityKey.apel_id == participant.apel_id, IdentityKey.apel_id.is_(None)),
        tuple_(IdentityKey.kind, IdentityKey.value).in_(keys),
    )
    return (await session.scalars(said.order_by(IdentityKey.at.desc(), IdentityKey.id.desc()))).all()


async def was_decided(session: AsyncSession, apel_id: UUID, participant_id: UUID, subject: Subject) -> bool:
    """Whether a participant who is no more was decided to be this subject, and still is."""
    standing = select(IdentityKey.id).where(
        IdentityKey.apel_id == apel_id,
        IdentityKey.participant_id == participant_id,
        IdentityKey.subject_kind == subject.kind,
        IdentityKey.opd_code.is_not_distinct_from(subject.opd_code),
        IdentityKey.asn_id.is_not_distinct_from(subject.asn_id),
        IdentityKey.revoked_at.is_(None),
    )
    return await session.scalar(standing.limit(1)) is not None


async def list_last_words(
    session: AsyncSession, apel_id: UUID, participant_id: UUID, subject: Subject | None = None
) -> list[IdentityKey]:
    """The decisions of the latest assignment that was about this participant: for its apel, and what it remembered.

    With a subject, of the latest that named it.
    """
    of_apel = or_(IdentityKey.apel_id == apel_id, IdentityKey.apel_id.is_(None))
    about = select(IdentityKey).where(IdentityKey.participant_id == participant_id, of_apel)
    newest_first = about.order_by(IdentityKey.at.desc(), IdentityKey.id.desc())
    said = (await session.scalars(newest_first, execution_options={"populate_existing": True})).all()
    last = next((key for key in said if key.apel_id is not None and (subject is None or _names(key, subject))), None)
    return [key for key in said if last is not None and _assignment_of(key) == _assignment_of(last)]


def _names(key: IdentityKey, subject: Subject) -> bool:
    """Whoever is named is the same person, whatever unit they serve in by now."""
    if subject.asn_id is not None:
        return key.asn_id == subject.asn_id
    return (key.subject_kind, key.opd_code) == (subject.kind, subject.opd_code)


def _assignment_of(key: IdentityKey) -> tuple[object, ...]:
    return key.at, key.by_id, key.subject_kind, key.opd_code, key.asn_id


async def find_standing_word(session: AsyncSession, apel_id: UUID, keys: Sequence[IdentityKey]) -> IdentityKey | None:
    """The latest decision that counts at an apel about any of the same keys."""
    standing = select(IdentityKey).where(
        IdentityKey.apel_id == apel_id,
        IdentityKey.revoked_at.is_(None),
        tuple_(IdentityKey.kind, IdentityKey.value).in_([(key.kind, key.value) for key in keys]),
    )
    return await session.scalar(standing.order_by(IdentityKey.at.desc(), IdentityKey.id.desc()).limit(1))


def read_decision(key: IdentityKey, until: datetime) -> DecisionRead:
    """A decision as it is told at an apel that ends then."""
    standing = key.revoked_at is None
    if key.apel_id is None:
        ended_later = key.revoked_at is not None and key.revoked_at > until and not key.taken_back
        standing = key.at <= until and (standing or ended_later)
    return DecisionRead(
        id=key.id,
        kind=KeyKind(key.kind),
        subject=SubjectRead(kind=SubjectKind(key.subject_kind), opd_code=key.opd_code, asn_id=key.asn_id),
        everywhere=key.apel_id is None,
        origin=key.origin,
        participant_id=key.participant_id,
        display_name=key.display_name,
        by=key.by_name,
        at=key.at,
        standing=standing,
        revoked=read_revocation(key),
    )


def read_revocation(key: IdentityKey) -> RevocationRead | None:
    if key.revoked_at is None:
        return None
    told = {"by": key.revoked_by_name, "at": key.revoked_at, "reason": key.revoke_reason}
    return RevocationRead(**told, taken_back=key.taken_back)
