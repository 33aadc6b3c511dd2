"""Two OPDs with a head and people, for tests over HTTP."""

from uuid import uuid4

import pytest

from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import Make


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("DINKES")
    return make.asn("DISDIK", "Siti Aminah")


@pytest.fixture
def budi(make: Make, siti: Asn) -> Asn:
    return make.asn("DISDIK", "Budi Santoso")


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_(Role.ADMIN)


@pytest.fixture
def head(api: Api) -> Api:
    return api.as_(Role.OPD_HEAD, "DISDIK")


def himself(api: Api, person: Asn, *grants: Grant) -> Api:
    """A civil servant on the own record, who may hold an office besides."""
    own = Grant(Role.ASN, None, frozenset())
    return api.by(Principal(uuid4(), person.name, (own, *grants), asn_id=person.id))
