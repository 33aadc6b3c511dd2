"""The Monday of these tests."""

import pytest

from tests.client import Api
from tests.evidence.monday import Monday, Run
from tests.make import Make


@pytest.fixture
def monday(make: Make, run: Run, api: Api) -> Monday:
    return Monday(make, run, api)
