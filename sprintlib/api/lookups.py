"""What is asked for by name and is not there: 404."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from sprintlib.errors import AnalysisError, SettingsError


@contextmanager
def there() -> Iterator[None]:
    """Answers 404 where a service says that there is no such thing."""
    try:
        yield
    except (AnalysisError, SettingsError) as error:
        raise HTTPException(404, str(error)) from error
