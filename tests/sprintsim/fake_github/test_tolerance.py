"""Whatever a backup leaves out, every address of the repository still answers."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintlib.errors import DatasetError
from sprintsim.fake_github import Dataset
from sprintsim.fake_github.endpoints import REPOSITORY_PATHS, Listing, NotInDatasetError, Request
from tests.sprintsim.fake_github import sample

QUERIES = (
    {"state": "all", "sort": "updated"},
    {"state": "all", "milestone": "1", "labels": "bug", "since": "2026-01-01T00:00:00Z", "assignee": "cleo"},
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys or positions, but for what makes it an item."""
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    found = []
    for key in keys:
        if key not in ("number", "type", "issue", "pull"):
            found += [(node, key), *places(node[key])]
    return found


def answers(dataset: Dataset) -> int:
    """Ask for everything; how many JSON documents came back."""
    count = 0
    for path, answer_to in REPOSITORY_PATHS.items():
        for number in dataset.items if "{" in path else [0]:
            for query in QUERIES:
                try:
                    answer = answer_to(Request(dataset, number, query))
                except NotInDatasetError:
                    continue
                bodies = [answer.render(e) for e in answer.entries] if isinstance(answer, Listing) else [answer]
                count += len([json.loads(body) for body in bodies])
    return count


@settings(max_examples=60)
@given(data=st.data())
def test_any_part_of_a_dataset_may_be_missing_or_null(data: st.DataObject):
    documents = copy.deepcopy(sample.documents())
    dataset = Dataset(sample.NAME)
    dataset.set_extra("milestones", [sample.milestone(1, "Alpha")])
    for document in documents:
        for _ in range(data.draw(st.integers(0, 4))):
            found = places(document[document["type"]]) + places(document)
            container, key = found[data.draw(st.integers(0, len(found) - 1))]
            if isinstance(container, dict) and data.draw(st.booleans()):
                container.pop(key, None)
            elif isinstance(container, dict) or key < len(container):
                container[key] = None
        dataset.put(document)
    assert answers(dataset) > 0


def test_a_whole_dataset_answers_everywhere():
    assert answers(sample.dataset()) == 103


@pytest.mark.parametrize("document", [{}, {"issue": None}, {"issue": {}}, {"pull": {"number": "4"}}, {"issue": []}])
def test_what_is_no_item_is_refused(document: dict[str, Any]):
    with pytest.raises(DatasetError, match="needs an 'issue' or a 'pull' with a number"):
        Dataset("acme/shop").put(document)
