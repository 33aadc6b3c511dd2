"""What the OpenAPI document says of webhooks is what a receiver gets."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.core.events import Event
from app.core.principal import Role
from tests.frontend.test_document import COMMAND, places
from tests.notifications.conftest import Office
from tests.notifications.monday import hear_everything
from tests.notifications.receiver import Answer, Heard
from tests.system.test_openapi import WEBHOOKS, document, resolved


@pytest.fixture
def heard(office: Office) -> dict[str, Heard]:
    return hear_everything(office)


def test_every_event_is_described() -> None:
    assert WEBHOOKS.keys() == set(Event)


def valid(schema: dict[str, Any], value: Any) -> None:
    closed = json.loads(json.dumps(document()["components"]))
    for one in closed["schemas"].values():  # a key that is not described is found too
        if "properties" in one:
            one.setdefault("additionalProperties", False)
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema | {"components": closed}, format_checker=checker).validate(value)


def test_every_body_is_of_the_schema_and_shown_as_it_is_sent(heard: dict[str, Heard]) -> None:
    assert heard.keys() == set(Event)
    for event, one in heard.items():
        content = WEBHOOKS[event]["requestBody"]["content"]["application/json"]
        body = json.loads(one.body)
        valid(content["schema"], body)
        assert set(places(body)) == set(places(content["example"])), f"{event}: run `{COMMAND}`"


def test_every_header_is_of_its_schema(heard: dict[str, Heard]) -> None:
    for event, one in heard.items():
        described = {said["name"]: said for said in map(resolved, WEBHOOKS[event]["parameters"])}
        assert described.keys() == {name for name in one.headers if name.startswith("webhook-")}
        for name, said in described.items():
            assert (said["in"], said["required"]) == ("header", True)
            valid(said["schema"], one.headers[name])


def test_two_signatures_are_as_described_too(office: Office) -> None:
    receiver = office.receiver()
    hook = office.webhook(receiver)
    office.as_(Role.ADMIN).post(f"/v1/webhooks/{hook}/secret")
    office.test(hook)
    office.send()
    said = {one["name"]: one for one in map(resolved, WEBHOOKS["webhook.test"]["parameters"])}
    signature = receiver.heard[0].headers["webhook-signature"]
    assert signature.count("v1,") == 2
    valid(said["webhook-signature"]["schema"], signature)


CAME_OF = {200: "delivered", 204: "delivered", 299: "delivered", 410: "cancelled"} | dict.fromkeys(
    (301, 400, 404, 429, 500, 503), "waiting"
)
MEANS = {"delivered": "2XX", "cancelled": "410", "waiting": "default"}


@pytest.mark.parametrize(("status", "state"), CAME_OF.items())
def test_an_answer_means_what_is_described(office: Office, status: int, state: str) -> None:
    hook = office.webhook(office.receiver(Answer(status)))
    office.test(hook)
    office.send()
    assert [item["state"] for item in office.log(hook)] == [state]
    assert office.hook(hook)["state"] == ("gone" if status == 410 else "active")
    named = WEBHOOKS["webhook.test"]["responses"].keys()
    exact, family = str(status), f"{status // 100}XX"
    assert next(one for one in (exact, family, "default") if one in named) == MEANS[state]
