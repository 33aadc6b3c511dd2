"""What the repository shows of its settings is what the service reads."""

import re
from pathlib import Path

import pytest

from app.core.settings import NOT_SETTINGS, PREFIX, Settings, SettingsError, load_settings, unknown_variables

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"^#? ?(APEL_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    known = {PREFIX + name.upper() for name in Settings.model_fields} - {"APEL_SAMPLE"}
    assert named == known | {"APEL_TEST_DATABASE_URL"}


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        if line.startswith(PREFIX):
            monkeypatch.setenv(*line.split("=", 1))
    assert load_settings().instansi_code == "76.02"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("APEL_ZOOM_WEBHOOK_SECRETS", "short", "APEL_ZOOM_WEBHOOK_SECRETS: shorter than 16 characters"),
        ("APEL_TIMEZONE", "Mars/Olympus", "APEL_TIMEZONE: not a time zone"),
        ("APEL_DATABASE_URL", "sqlite:///x", "APEL_DATABASE_URL: must start with postgresql+asyncpg://"),
    ],
)
def test_a_bad_value_is_one_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == said


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-long-enough-secret\n")
    monkeypatch.setenv("APEL_ZOOM_WEBHOOK_SECRETS_FILE", str(tmp_path / "secret"))
    secrets = load_settings().zoom_webhook_secrets
    assert [secret.get_secret_value() for secret in secrets] == ["a-long-enough-secret"]


def test_a_typing_error_in_a_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APEL_TIMEZON", "Asia/Makassar")
    assert unknown_variables() == ["APEL_TIMEZON"]
    assert "APEL_TEST_DATABASE_URL" in NOT_SETTINGS
