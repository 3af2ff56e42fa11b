"""Moments in what services hand out: written as Python's isoformat writes them, on the command line and by the API."""

from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema


def _written(moment: datetime) -> str:
    return moment.isoformat()


Moment = Annotated[
    datetime,
    PlainSerializer(_written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
