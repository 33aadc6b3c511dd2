"""One request that its endpoint grants: what hostile variants are made of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.principal import Role
from tests.client import Api
from tests.system.world import RUNNING, World

V1 = {"if-match": '"1"'}


@dataclass(frozen=True)
class Example:
    """A request that its endpoint grants."""

    path: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    form: dict[str, str] | None = None
    file: bytes | None = None
    content: bytes | None = None
    """An event, whose body is kept whatever it holds."""
    role: Role | None = Role.ADMIN
    opd_code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    at: datetime = RUNNING
    body_may_lack: bool = False
    """Nothing need be said: no body, or null, is a valid one."""
    token: str | None = None
    asn_id: UUID | None = None
    """The civil servant who asks about the own record."""

    def caller(self, world: World) -> Api:
        if self.asn_id is not None:
            return world.himself(self.asn_id, at=self.at)
        if self.role is None:
            return world.api.at(self.at)
        return world.as_(self.role, self.opd_code, at=self.at)

    def options(self) -> dict[str, Any]:
        """The request's body and headers as the client takes them."""
        options: dict[str, Any] = {"headers": self.headers | self._bearer()}
        if self.json is not None:
            options["json"] = self.json
        if self.form is not None:
            options["data"] = self.form
        if self.file is not None:
            options["files"] = {"file": ("berkas.csv", self.file)}
        if self.content is not None:
            options["content"] = self.content
            options["headers"] |= {"content-type": "application/json"}
        return options

    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}
