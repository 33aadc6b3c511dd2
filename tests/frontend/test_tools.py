"""What frontend developers run on the document: a client's types compile, and the usual linters find nothing."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.frontend.recording import DOCUMENT

HERE = Path(__file__).parent
SECONDS = 300
ENOUGH_FOR_INSTALLING = 600

pytestmark = [
    pytest.mark.timeout(ENOUGH_FOR_INSTALLING),
    pytest.mark.skipif(
        shutil.which("npm") is None and not os.environ.get("CI"),
        reason="npm tidak ditemukan: pemeriksaan frontend dilewati. / No npm: the frontend's checks are skipped.",
    ),
]


@pytest.fixture(scope="session")
def installed() -> Path:
    """`node_modules` as the lock says, installed once for each lock beside the Python that runs the tests."""
    lock = b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc"))
    kept = Path(sys.prefix) / "frontend" / hashlib.sha256(lock).hexdigest()[:16]
    if not kept.exists():
        making = kept.with_name(f"{kept.name}.{os.getpid()}")
        making.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, making)
        subprocess.run(["npm", "ci", "--silent"], cwd=making, check=True, timeout=ENOUGH_FOR_INSTALLING)
        try:
            making.rename(kept)
        except OSError:  # another process was quicker
            shutil.rmtree(making)
    return kept / "node_modules"


@pytest.fixture
def bench(installed: Path, tmp_path: Path) -> Path:
    """A directory with the document, our settings of the tools, and the tools."""
    (tmp_path / "node_modules").symlink_to(installed)
    for name in (".spectral.yaml", "redocly.yaml", "tsconfig.json", "board.ts", "package.json"):
        shutil.copy(HERE / name, tmp_path)
    shutil.copy(DOCUMENT, tmp_path)
    return tmp_path


def run(bench: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # What tools tell their makers, and whether a newer one is out, is nobody's business here.
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    return subprocess.run(
        [bench / "node_modules" / ".bin" / program, *arguments],
        cwd=bench,
        env=os.environ | quiet,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def spectral(bench: Path) -> list[dict[str, Any]]:
    done = run(bench, "spectral", "lint", "--fail-severity=hint", "--format=json", "--quiet", "openapi.json")
    assert done.stdout.startswith("["), done.stdout + done.stderr
    found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(done.stdout)[0]
    return found


def test_a_typed_client_compiles_and_one_that_asks_for_what_is_not_there_does_not(bench: Path) -> None:
    made = run(bench, "openapi-typescript", "openapi.json", "--output", "apel.d.ts")
    assert made.returncode == 0, made.stderr
    client = bench / "board.ts"
    wrong = client.read_text("utf-8").replace("row.light", "row.lamp")
    (bench / "wrong.ts").write_text(wrong, "utf-8")
    settings = json.loads((bench / "tsconfig.json").read_text("utf-8"))
    (bench / "tsconfig.json").write_text(json.dumps(settings | {"files": ["board.ts", "wrong.ts"]}), "utf-8")
    found = run(bench, "tsc", "--project", "tsconfig.json").stdout.splitlines()
    assert [line.partition("(")[0] for line in found] == ["wrong.ts"], found
    assert "Property 'lamp' does not exist" in found[0]


def test_spectral_and_owasp_find_nothing(bench: Path) -> None:
    found = spectral(bench)
    assert [(one["code"], "/".join(map(str, one["path"])), one["message"]) for one in found] == []


def test_redocly_finds_nothing(bench: Path) -> None:
    done = run(bench, "redocly", "lint", "--format=json", "openapi.json")
    assert json.loads(done.stdout[done.stdout.index("{") :])["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


BAD = {
    "paths": {
        "/v1/thing/{thing_id}": {
            "post": {
                "operationId": "makeThing",
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {}}},
                            }
                        }
                    }
                },
                "security": [{"token": []}],
                "responses": {"200": {"description": "made", "headers": {"ETag": {"schema": {"type": "string"}}}}},
            },
            "delete": {"operationId": "dropThing", "security": [], "responses": {"204": {"description": "gone"}}},
        }
    }
}
SEEN = {
    "owasp:api1:2023-no-numeric-ids",
    "owasp:api2:2023-write-restricted",
    "owasp:api4:2023-array-limit",
    "owasp:api4:2023-integer-format",
    "owasp:api4:2023-integer-limit",
    "owasp:api4:2023-string-limit",
    "owasp:api4:2023-string-restricted",
    "owasp:api8:2023-define-cors-origin",
    "owasp:api8:2023-define-error-responses-401",
    "owasp:api8:2023-define-error-responses-500",
}


def test_the_narrowed_rules_still_see(bench: Path) -> None:
    document = json.loads((bench / "openapi.json").read_text("utf-8"))
    (bench / "openapi.json").write_text(json.dumps(document | BAD | {"components": {}}), "utf-8")
    assert {one["code"] for one in spectral(bench)} >= SEEN
