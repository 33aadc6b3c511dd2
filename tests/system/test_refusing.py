"""What `apel serve` refuses before it starts, each in one line: nothing here watches the clock."""

import socket
from pathlib import Path

import pytest

from tests.system.test_serving import free_port, refusal

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("APEL_ZOOM_WEBHOOK_SECRETS", "kuat-dan-cukup-panjang,lemah", "APEL_ZOOM_WEBHOOK_SECRETS: shorter than 16"),
        ("APEL_AUDIT_KEY", "lemah", "APEL_AUDIT_KEY: shorter than 16"),
        ("APEL_TIMEZONE", "Asia/Mamuju", "APEL_TIMEZONE: not a time zone"),
        ("APEL_DATABASE_URL", "postgresql://apel@127.0.0.1/apel", "APEL_DATABASE_URL: must start with"),
        ("APEL_SIGNING_KEY_FILE", "/nowhere/signing.pem", "APEL_SIGNING_KEY_FILE: No such file"),
        ("APEL_LOG_FORMAT", "xml", "APEL_LOG_FORMAT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, own_url: str, variable: str, value: str, told: str
) -> None:
    place: dict[str, str | Path] = {"APEL_DATABASE_URL": own_url, "APEL_DATA_DIR": tmp_path}
    line = refusal("serve", "--port", str(free_port()), **(place | {variable: value}))
    assert told in line
    assert "lemah" not in line, "a secret is never shown"


def test_an_address_in_use_is_refused_in_one_line_before_a_database_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = refusal("serve", "--port", str(taken.getsockname()[1]), APEL_DATA_DIR=tmp_path)
    assert "Address already in use" in line
    assert list(tmp_path.iterdir()) == []
