"""What a place must know to run, read once from the environment (see .env.example)."""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.destinations import Listed, read_listed

PREFIX = "APEL_"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")
_ADDRESS = re.compile(rf"({_ORIGIN.pattern})(/[^\s?#]*)?")
MIN_SECRET = 16
"""Shorter secrets are guessed; the service refuses to start with one."""


class SettingsError(Exception):
    """The environment cannot be used; the text is one clear line."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = None
    data_dir: Path = Path("var")
    timezone: str = "Asia/Makassar"
    instansi_name: str = "Pemerintah Kabupaten Mamuju"
    instansi_code: str = "76.02"
    zoom_webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    zoom_account_id: str | None = None
    zoom_client_id: str | None = None
    zoom_client_secret: SecretStr | None = None
    zoom_api_url: str = "https://api.zoom.us/v2"
    zoom_token_url: str = "https://zoom.us/oauth/token"  # noqa: S105 — an address
    zoom_seats: int | None = Field(default=None, ge=2, le=10_000)
    """How many the licence admits to a meeting, where Zoom does not tell."""
    signing_key_file: Path | None = None
    audit_key: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_nip_claim: str = "nip"
    """The claim of an identity token that holds the NIP."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Receivers of webhooks inside the own network, which are reached by http and at any port too."""
    public_url: str = "http://127.0.0.1:8000"
    log_format: Literal["console", "json"] = Field(default="console")
    sample: bool = False
    """True only below `apel demo`: every page and sheet says CONTOH."""

    @field_validator("zoom_webhook_secrets", "cors_origins", "webhook_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("zoom_webhook_secrets", "audit_key", "zoom_client_secret")
    @classmethod
    def _strong(cls, value: Any) -> Any:
        for secret in value if isinstance(value, tuple) else (value,):
            if secret is not None and len(secret.get_secret_value()) < MIN_SECRET:
                raise ValueError(f"shorter than {MIN_SECRET} characters")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(origin == "*" or _ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("origins are written like https://papan.example.go.id, without a path")
        return value

    @field_validator("webhook_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                read_listed(entry)
            except ValueError as error:
                raise ValueError("hosts are written like wa.example.go.id, 10.1.2.3:3000 or 10.1.0.0/16") from error
        return value

    @field_validator("public_url", "zoom_api_url", "zoom_token_url", "oidc_issuer")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("must be an address that begins with http:// or https://")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not a time zone") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _asyncpg(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("postgresql+asyncpg://"):
            raise ValueError("must start with postgresql+asyncpg://")
        return value

    @cached_property
    def listed_hosts(self) -> tuple[Listed, ...]:
        return tuple(read_listed(entry) for entry in self.webhook_hosts)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


NOT_SETTINGS = frozenset({"APEL_TEST_DATABASE_URL", "APEL_TEST_DATABASE_URLS"})


def unknown_variables() -> list[str]:
    """`APEL_` variables that mean nothing here: most often a typing error."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {name + "_FILE" for name in known} | NOT_SETTINGS
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _from_files() -> dict[str, str]:
    found = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}_FILE"
        if name != "signing_key" and (path := os.environ.get(variable)) and f"{name}_file" not in Settings.model_fields:
            try:
                found[name] = Path(path).read_text("utf-8").strip()
            except OSError as error:
                raise SettingsError(f"{variable}: {error.strerror}") from error
    return found


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `…_FILE` secrets; raises SettingsError naming the variable, never its value."""
    try:
        return Settings(**(_from_files() | overrides))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else PREFIX
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
