"""What happened at Zoom's door in this process since it was last written down: answering must not need a database."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Door:
    validated_at: datetime | None = None
    """When Zoom last got the answer to a URL validation."""
    refused_at: datetime | None = None
    """When a delivery was last refused for a signature that fits no secret."""
