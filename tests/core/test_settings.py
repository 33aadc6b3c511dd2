"""The environment: what is read, what refuses to start, what only warns."""

from pathlib import Path

import pytest

from app.core.settings import SettingsError, load_settings, unknown_variables

SECRET = "sixteen letters or more"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*unknown_variables(), "APEL_DATABASE_URL", "APEL_ZOOM_WEBHOOK_SECRETS", "APEL_CORS_ORIGINS"]:
        monkeypatch.delenv(name, raising=False)


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "secrets"
    kept.write_text(f"{SECRET} now, {SECRET} before\n", "utf-8")
    monkeypatch.setenv("APEL_ZOOM_WEBHOOK_SECRETS_FILE", str(kept))
    read = [secret.get_secret_value() for secret in load_settings().zoom_webhook_secrets]
    assert read == [f"{SECRET} now", f"{SECRET} before"]
    assert unknown_variables() == []


def test_a_file_that_cannot_be_read_is_one_line_naming_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APEL_ZOOM_CLIENT_SECRET_FILE", "/nowhere/secret")
    with pytest.raises(SettingsError, match=r"^APEL_ZOOM_CLIENT_SECRET_FILE: "):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APEL_ZOOM_WEBHOOK_SECRETS", f"{SECRET},tiny"),
        ("APEL_ZOOM_CLIENT_SECRET", "fifteen letters"),
        ("APEL_AUDIT_KEY", "tiny"),
        ("APEL_TIMEZONE", "Asia/Mamuju"),
        ("APEL_DATABASE_URL", "postgresql://somewhere/apel"),
        ("APEL_LOG_FORMAT", "xml"),
        ("APEL_CORS_ORIGINS", "https://papan.example/alamat"),
        ("APEL_CORS_ORIGINS", "papan.sulbar"),
        ("APEL_PUBLIC_URL", "apel.example"),
        ("APEL_ZOOM_API_URL", "ftp://zoom.example"),
    ],
)
def test_what_cannot_be_used_refuses_to_start_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{name}: ")
    assert value not in str(refused.value)


def test_several_origins_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APEL_CORS_ORIGINS", "https://papan.example, http://127.0.0.1:5173")
    assert load_settings().cors_origins == ("https://papan.example", "http://127.0.0.1:5173")


def test_an_unknown_variable_is_told_apart_from_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APEL_CORS_ORIGIN", "https://papan.example")
    assert unknown_variables() == ["APEL_CORS_ORIGIN"]
