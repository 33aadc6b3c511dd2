"""Where each part is read with its own lines and evidence, of what the caller may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.behaviour.queries import COUNT_READERS
from app.behaviour.queries import READERS as BEHAVIOUR_READERS
from app.circulars.reading import READERS as CIRCULAR_READERS
from app.core.periods import Period
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.core.traces import EvidenceLink
from app.deposits.reading import COUNTERS
from app.livestreams.queries import READERS as INCIDENT_READERS
from app.performance.people import READERS as PLAN_READERS
from app.performance.reading import OPD_READERS
from app.policies.rules_of_performance import CompositePart
from app.scoring.person_reading import PERSON_READERS


@dataclass(frozen=True)
class Subject:
    """Who reads, and whose composite it is: an OPD's, or a person's."""

    caller: Principal
    opd_code: str | None = None
    asn_id: UUID | None = None


Addresses = Mapping[CompositePart, Mapping[str, tuple[Role, ...]]]
"""Where a part is read, and who may."""
_ALL = (*sorted(HUMAN_ROLES), Role.READER)
_OF_OPD: Addresses = {
    CompositePart.ATTENDANCE: {"/v1/scores/opd/{opd_code}?period={period}": _ALL},
    CompositePart.OUTPUT: {"/v1/performance/opd/{opd_code}?period={period}": OPD_READERS},
    CompositePart.BEHAVIOUR: {
        "/v1/behaviour/opd/{opd_code}/values?period={period}": COUNT_READERS,
        "/v1/behaviour/opd/{opd_code}?period={period}": BEHAVIOUR_READERS,
    },
    CompositePart.SERVICE: {"/v1/counters/speed?opd_code={opd_code}&period={period}": _ALL},
    CompositePart.CONDUCT: {
        "/v1/circulars": CIRCULAR_READERS,
        "/v1/deposits?opd_code={opd_code}&period={period}": COUNTERS,
        "/v1/livestreams/incidents?opd_code={opd_code}": INCIDENT_READERS,
    },
}
_OF_PERSON: Addresses = {
    CompositePart.ATTENDANCE: {"/v1/scores/asn/{asn_id}?period={period}": (*PERSON_READERS, Role.ASN)},
    CompositePart.OUTPUT: {"/v1/performance/asn/{asn_id}?period={period}": (*PLAN_READERS, Role.ASN)},
    CompositePart.BEHAVIOUR: {"/v1/behaviour/asn/{asn_id}?period={period}": (*BEHAVIOUR_READERS, Role.ASN)},
    CompositePart.CONDUCT: {
        "/v1/circulars": CIRCULAR_READERS,
        "/v1/livestreams/incidents?asn_id={asn_id}": INCIDENT_READERS,
    },
}


def links_to(part: CompositePart, period: Period, subject: Subject) -> Iterable[EvidenceLink]:
    """A link that answers 403 would lead nowhere, so none is given."""
    addresses = _OF_OPD if subject.asn_id is None else _OF_PERSON
    named = {"opd_code": subject.opd_code, "asn_id": subject.asn_id, "period": period.code}
    for address, readers in addresses[part].items():
        if subject.caller.holds(*readers):
            yield EvidenceLink(kind=part, id=str(subject.asn_id or subject.opd_code), href=address.format(**named))
