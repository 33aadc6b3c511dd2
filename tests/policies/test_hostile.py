"""Nothing that a broken client sends as a policy ends in a 5xx or is kept."""

from typing import Any

from app.core.principal import Role
from tests.client import Api
from tests.policies.documents import changed
from tests.web.hostile import HOSTILE_BODIES, JSON_TYPE, assert_refused, variants


def _lean() -> Any:
    """One row of each table: what is true of one is true of all."""
    document = changed(version=2, procedure=None, bands=[{"code": "semua", "at_most": None}])
    document["discipline"][0]["tiers"][3:] = []
    document["discipline"][0]["tiers"][2]["at_most"] = None
    return document


def test_hostile_policies_are_refused_and_none_is_kept(api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    for hostile in HOSTILE_BODIES:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        assert_refused(admin.request("POST", "/v1/policies", content=hostile.body, headers=kind))
    bent = list(variants(_lean(), distinct=True))
    for _, body, must in bent:
        if must:
            assert_refused(admin.request("POST", "/v1/policies", content=body, headers={"content-type": JSON_TYPE}))
    assert [policy["version"] for policy in admin.get("/v1/policies").json()["items"]] == [1]
    for _, body, must in bent:
        if not must:
            answer = admin.request("POST", "/v1/policies", content=body, headers={"content-type": JSON_TYPE})
            assert_refused(answer, must=False)
