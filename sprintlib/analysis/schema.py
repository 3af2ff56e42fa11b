"""The JSON schema of `sprint analyze --json`.

`python -m sprintlib.analysis.schema > docs/schema/analysis.schema.json` writes it again after a change of the model.
"""

import json
import sys
from typing import Any

from sprintlib.analysis.model import Analysis


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the object that `sprint analyze --json` prints."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Analysis.model_json_schema(mode="serialization"),
    }


def text() -> str:
    """The schema as it stands in docs/schema."""
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
