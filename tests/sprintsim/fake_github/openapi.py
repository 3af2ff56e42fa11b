"""Validation against GitHub's own description of its REST API (OpenAPI 3.0)."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

URI = "urn:github"


class Description:
    """The response schemas of the paths."""

    def __init__(self, file: Path) -> None:
        description = json.loads(gzip.decompress(file.read_bytes()))
        _take_nullable_at_its_word(description)
        resource = Resource(contents=description, specification=DRAFT4)  # type: ignore[call-arg] # by attrs
        self._registry: Registry[Any] = Registry().with_resource(URI, resource)

    @cache  # noqa: B019 - there is one description in a test session
    def _validator(self, path: str) -> OAS30Validator:
        pointer = "/".join(
            part.replace("~", "~0").replace("/", "~1")
            for part in ("", "paths", path, "get", "responses", "200", "content", "application/json", "schema")
        )
        return OAS30Validator(
            {"$ref": f"{URI}#{pointer}"}, registry=self._registry, format_checker=oas30_format_checker
        )

    def violations(self, path: str, content: Any) -> set[str]:
        """`field: rule` for everything in which an answer differs; list positions are left out of the field."""
        found = set()
        for error in self._validator(path).iter_errors(content):
            for leaf in _leaves(error):
                field = ".".join(str(part) for part in leaf.absolute_path if not isinstance(part, int))
                missing = leaf.message.split("'")[1] if leaf.validator == "required" else ""
                found.add(".".join(filter(None, (field, missing))) + f": {leaf.validator}")
        return found


def _take_nullable_at_its_word(node: Any) -> None:
    """Allow null wherever the description says `nullable`.

    OpenAPI 3.0 ignores the word beside an enum without null and beside oneOf, anyOf and allOf; GitHub means it there,
    and answers null.
    """
    if isinstance(node, list):
        for child in node:
            _take_nullable_at_its_word(child)
    if not isinstance(node, dict):
        return
    if node.get("nullable") is True:
        if "enum" in node and None not in node["enum"]:
            node["enum"].append(None)
        for word in ("oneOf", "anyOf", "allOf"):
            if word in node and "type" not in node:
                node["anyOf"] = [{word: node.pop(word)}, {"enum": [None]}]
    for child in list(node.values()):
        _take_nullable_at_its_word(child)


def _leaves(error: ValidationError, depth: int = 0) -> Iterator[ValidationError]:
    """The errors of the alternative that fits best, where a schema has several."""
    if not error.context or depth > 5:
        yield error
        return
    alternatives: defaultdict[Any, list[ValidationError]] = defaultdict(list)
    for child in error.context:
        alternatives[child.schema_path[0]].append(child)
    for child in min(alternatives.values(), key=len):
        yield from _leaves(child, depth + 1)
