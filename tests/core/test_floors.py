"""Below these versions, the libraries that face the network have known holes."""

from importlib.metadata import version

import pytest
from packaging.version import Version

FLOORS = {
    "starlette": "1.3.1",
    "python-multipart": "0.0.31",
    "h11": "0.16",
    "httptools": "0.8",
    "pyasn1": "0.6.2",
    "python-jose": "3.5.0",
}


@pytest.mark.parametrize(("library", "floor"), FLOORS.items())
def test_no_library_that_faces_the_network_is_older_than(library: str, floor: str) -> None:
    assert Version(version(library)) >= Version(floor)
