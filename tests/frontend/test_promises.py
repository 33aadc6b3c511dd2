"""Nothing that clients rest on goes away, and nothing new is asked of them, within `/v1`."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.frontend.promises import PROMISES, breaks, promises
from tests.system.test_openapi import document, resolved

PATH = "/v1/apel/{apel_id}/board"


def test_the_promises_of_the_last_release_are_kept() -> None:
    promised = set(PROMISES.read_text("utf-8").splitlines())
    assert breaks(promised, promises(document())) == [], "see docs/kebijakan-kompatibilitas.md"


def schemas(changed: dict[str, Any]) -> Any:
    return changed["components"]["schemas"]


def drop_operation(changed: dict[str, Any]) -> None:
    del changed["paths"][PATH]


def rename_operation(changed: dict[str, Any]) -> None:
    changed["paths"][PATH]["get"]["operationId"] = "showBoard"


def drop_field(changed: dict[str, Any]) -> None:
    del schemas(changed)["Board"]["properties"]["revision"]


def change_type(changed: dict[str, Any]) -> None:
    schemas(changed)["Board"]["properties"]["revision"] = {"type": "string"}


def require_field(changed: dict[str, Any]) -> None:
    schemas(changed)["ReportWrite"]["required"].append("note")


def require_parameter(changed: dict[str, Any]) -> None:
    parameters = changed["paths"]["/v1/board/parts"]["get"]["parameters"]
    [period] = [one for one in parameters if resolved(one)["name"] == "period"]
    parameters[parameters.index(period)] = resolved(period) | {"required": True}


def drop_parameter(changed: dict[str, Any]) -> None:
    operation = changed["paths"]["/v1/board/parts"]["get"]
    operation["parameters"] = [one for one in operation["parameters"] if resolved(one)["name"] != "period"]


def drop_webhook(changed: dict[str, Any]) -> None:
    del changed["webhooks"]["apel.closed"]


def drop_told(changed: dict[str, Any]) -> None:
    del schemas(changed)["ApelClosedData"]["properties"]["reported"]


def drop_header(changed: dict[str, Any]) -> None:
    said = changed["webhooks"]["apel.closed"]["post"]
    said["parameters"] = [one for one in said["parameters"] if resolved(one)["name"] != "webhook-id"]


BREAKS: dict[Callable[[dict[str, Any]], None], str] = {
    drop_operation: "gone: operation readBoard GET /v1/apel/{apel_id}/board",
    rename_operation: "gone: operation readBoard GET /v1/apel/{apel_id}/board",
    drop_field: "gone: field Board.revision integer",
    change_type: "gone: field Board.revision integer",
    require_field: "asked anew: requires ReportWrite.note",
    require_parameter: "asked anew: requires readBoardParts.period (query)",
    drop_parameter: "gone: takes readBoardParts.period (query)",
    drop_webhook: "gone: webhook onApelClosed apel.closed",
    drop_told: "gone: field ApelClosedData.reported integer",
    drop_header: "gone: tells onApelClosed.webhook-id (header)",
}


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.__name__)
def test_a_break_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    changed = copy.deepcopy(document())
    change(changed)
    assert BREAKS[change] in breaks(promises(document()), promises(changed))


def test_what_is_added_breaks_nobody() -> None:
    changed = copy.deepcopy(document())
    schemas(changed)["Board"]["properties"]["weather"] = {"type": "string"}
    schemas(changed)["ReportWrite"]["properties"]["weather"] = {"type": "string"}
    new = copy.deepcopy(changed["paths"]["/v1/board/parts"]["get"])
    new["operationId"] = "readWeather"
    new["parameters"] = [{"name": "day", "in": "query", "required": True, "schema": {"type": "string"}}]
    changed["paths"]["/v1/weather"] = {"get": new}
    assert breaks(promises(document()), promises(changed)) == []
