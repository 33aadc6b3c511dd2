"""Two OPDs and three people."""

import pytest

from app.registry.models import Asn
from tests.make import Make


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("DINKES")
    return make.asn("DISDIK")


@pytest.fixture
def budi(make: Make, siti: Asn) -> Asn:
    return make.asn("DISDIK", "Budi Santoso")


@pytest.fixture
def rahma(make: Make, siti: Asn) -> Asn:
    return make.asn("DINKES", "Rahma Wati")
