"""From results and behaviour to the predikat of a person's performance (PermenPANRB 6/2022). Pure."""

from enum import StrEnum

from app.performance.rules import Capaian
from app.policies.rules_of_performance import Expectation, OutputRules

SOURCE = "PermenPANRB 6/2022"
BELOW, MEETS, ABOVE = Expectation.BELOW, Expectation.MEETS, Expectation.ABOVE


class Predikat(StrEnum):
    """From worst to best; a category, never the mean of anything."""

    SANGAT_KURANG = "sangat_kurang"
    KURANG = "kurang"
    BUTUH_PERBAIKAN = "butuh_perbaikan"
    BAIK = "baik"
    SANGAT_BAIK = "sangat_baik"


MATRIX = {
    (ABOVE, BELOW): Predikat.KURANG,
    (ABOVE, MEETS): Predikat.BAIK,
    (ABOVE, ABOVE): Predikat.SANGAT_BAIK,
    (MEETS, BELOW): Predikat.KURANG,
    (MEETS, MEETS): Predikat.BAIK,
    (MEETS, ABOVE): Predikat.BAIK,
    (BELOW, BELOW): Predikat.SANGAT_KURANG,
    (BELOW, MEETS): Predikat.BUTUH_PERBAIKAN,
    (BELOW, ABOVE): Predikat.BUTUH_PERBAIKAN,
}
"""(results, behaviour) → predikat."""


def predikat_of(results: Expectation, behaviour: Expectation) -> Predikat:
    return MATRIX[results, behaviour]


def propose_results(found: Capaian, rules: OutputRules | None) -> Expectation | None:
    """What a capaian is proposed as: never `above`, and nothing while it is missing, provisional or without a rule."""
    if rules is None or found.percent is None or found.provisional:
        return None
    return MEETS if found.percent >= rules.meets_at_least else BELOW
