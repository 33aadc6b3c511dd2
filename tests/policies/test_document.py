"""What a policy document must say before anybody is judged by it."""

from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from app.policies.models import Policy
from app.policies.reading import read_rules, shipped_document
from app.policies.rules import Inaccuracy
from app.policies.schemas import PolicyDocument
from tests.make import MONDAY, NOBODY
from tests.policies.documents import changed


def test_the_shipped_policy_is_a_valid_document_that_nobody_verified_yet() -> None:
    document = shipped_document()
    assert not any(
        rule.verified
        for rule in (
            document.presence,
            document.points.duty_rate,
            document.points.timeliness,
            document.points.accuracy,
        )
    )
    assert "jumlah - berketerangan" in document.points.duty_rate.base


def test_every_number_of_the_shipped_policy_stands_under_a_comment() -> None:
    text = (files("app.policies") / "default.yaml").read_text("utf-8")
    for block in text.split("\n\n")[2:]:
        assert block.strip().startswith("#"), block


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("points that make 101", {"points.accuracy.points": 21}, "points_not_hundred"),
    ("a negative number of points", {"points.accuracy.points": -1}, "greater_than_equal"),
    ("bands without an open end", {"bands": [{"code": "a", "at_most": 5}]}, "bands_not_rising"),
    (
        "bands that fall",
        {"bands": [{"code": "a", "at_most": 9}, {"code": "b", "at_most": 5}, {"code": "c"}]},
        "bands_not_rising",
    ),
    ("tiers that leave a hole below", {"tiers": [{"code": "utama", "at_least": 10}]}, "tiers_not_falling"),
    ("a finding that has its own line", {"accuracy.concerns": ["late"]}, "enum"),
    ("a share above the whole", {"presence.wfa_share_percent": 101}, "less_than_equal"),
    ("a share of nothing named", {"presence.base": ""}, "too_short"),
    ("verified as a word", {"points.duty_rate.verified": "yes"}, "bool_type"),
    ("a beginning outside of the years", {"effective_from": "1899-01-01"}, "year_out_of_range"),
    ("something unknown", {"bonus": 5}, "extra_forbidden"),
]


@pytest.mark.parametrize(("changes", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_document_is_refused_for(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PolicyDocument.model_validate(changed(**changes))
    assert [wrong["type"] for wrong in refused.value.errors()] == [code]


def test_rules_say_what_the_document_says() -> None:
    document = PolicyDocument.model_validate(changed(version=7, **{"trend.own_average_apels": 9}))
    rules = read_rules(
        Policy(
            id=NOBODY,
            code=document.code,
            version=document.version,
            legal_basis=document.legal_basis,
            effective_from=document.effective_from,
            document=document.model_dump(mode="json"),
            created_at=MONDAY,
        )
    )
    assert (rules.label, rules.own_average_apels) == ("apel-dasar@7", 9)
    assert rules.accuracy_cost == {"explainable": 0, "suspicious": 5, "impossible": 20}
    assert Inaccuracy.SPOKEN_DIFFERS in rules.accuracy_concerns
    assert [(tier.code, tier.at_least) for tier in rules.tiers] == [
        ("utama", Decimal(90)),
        ("baik", Decimal(75)),
        ("perlu-pembinaan", Decimal(0)),
    ]
    assert rules.duty_rate.points + rules.timeliness.points + rules.accuracy.points == 100
