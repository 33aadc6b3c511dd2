"""What a policy says beyond presence: output, behaviour, service, conduct, and their weights: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.policies.sources import Source


class Expectation(StrEnum):
    """How results or behaviour stand against what was expected of them (PermenPANRB 6/2022)."""

    BELOW = "below"
    MEETS = "meets"
    ABOVE = "above"


class Rater(StrEnum):
    """Who assesses somebody's behaviour."""

    SUPERIOR = "superior"
    PEER = "peer"
    SELF = "self"


class CompositePart(StrEnum):
    """What a composite is made of."""

    ATTENDANCE = "attendance"
    OUTPUT = "output"
    BEHAVIOUR = "behaviour"
    SERVICE = "service"
    CONDUCT = "conduct"


@dataclass(frozen=True)
class OutputRules:
    """From results to what is proposed about them."""

    meets_at_least: int
    """Percent of capaian from which results are proposed as meeting expectations; only a person says `above`."""
    source: Source


@dataclass(frozen=True)
class BehaviourRules:
    """From the raters' words on the 21 guides of BerAKHLAK to points, and from points to what is proposed."""

    points: Mapping[Expectation, int]
    weights: Mapping[Rater, int]
    """Percent; they add up to 100, and those of raters who said nothing are shared by the others."""
    minimum_peers: int
    """With fewer peers none of them counts, so that nobody's word can be told."""
    meets_at_least: int
    above_at_least: int
    training_hours: int
    """Hours (jam pelajaran, JP) of competence development that a person is due in a calendar year."""
    source: Source

    def expectation_of(self, points: int | float) -> Expectation:
        """What so many points of 100 are proposed as."""
        if points >= self.above_at_least:
            return Expectation.ABOVE
        return Expectation.MEETS if points >= self.meets_at_least else Expectation.BELOW


@dataclass(frozen=True)
class ServiceRules:
    """When counters of an OPD are judged by how long the public waits."""

    minimum_served: int
    """With fewer people served under a promise in a period nothing is said."""
    source: Source


@dataclass(frozen=True)
class ConductRules:
    """Points of conduct; they add up to 100."""

    acknowledgement: int
    """In the share of circulars that were acknowledged."""
    deposit: int
    """In the share of those present at a rakor who put their phone into the basket."""
    livestream: int
    """Less `incident_cost` for each live stream in working hours that a person confirmed."""
    incident_cost: int
    source: Source


@dataclass(frozen=True)
class CompositeRules:
    """How the parts weigh; a part that is missing is left out and never counts as zero."""

    opd: Mapping[CompositePart, int]
    person: Mapping[CompositePart, int]
    minimum_parts: int
    """With fewer known parts there is no composite."""
    source: Source
