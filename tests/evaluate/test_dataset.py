from pathlib import Path

import pytest

from sprintlib.errors import DatasetError
from sprintlib.evaluate import read_dataset
from sprintlib.evaluate.dataset import SPRINT_SCHEMA
from sprintlib.forecast.sprints import outcomes
from tests.evaluate.folder import HEADER, line, write


def test_each_sprint_counts_once_on_its_board_with_most_items(tmp_path: Path) -> None:
    write(tmp_path, "acme", 30, [line(7, 1, todo=1), line(9, 1, todo=5), line(8, 1, todo=5), line(7, 2)])

    sprints = read_dataset(tmp_path).sprints

    assert sprints.select("sprint", "team", "items_todo").rows() == [(1, 8, 5.0), (2, 7, 2.0)]


def test_empty_boards_are_left_out_before_the_largest_is_chosen(tmp_path: Path) -> None:
    write(tmp_path, "acme", 0, [line(1, 1, todo=0, doing=0, done=0), line(2, 1), line(3, 2, todo=0, doing=0, done=0)])

    assert read_dataset(tmp_path).sprints.select("sprint", "team").rows() == [(1, 2)]


def test_the_same_sprint_number_in_two_organisations_is_two_sprints(tmp_path: Path) -> None:
    for organisation in ("acme", "some_other"):
        write(tmp_path, organisation, 0, [line(1, 1)])

    data = read_dataset(tmp_path)

    assert data.organisations == ["acme", "some_other"]
    assert data.sprints.height == 2


def test_names_with_commas_and_quotes_do_not_shift_the_numbers(tmp_path: Path) -> None:
    write(tmp_path, "acme", 50, [line(1, 4, name='Fixes, docs, "and" 12,5 more', diff=-3)])

    row = read_dataset(tmp_path).sprints.row(0, named=True)

    assert list(row) == list(SPRINT_SCHEMA)
    assert (row["sprint"], row["days"], row["members"], row["work_todo"], row["delivered"]) == (4, 14, 3, 4, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_text_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, "acme", 80, [line(1, 1, name="Août, après")], encoding)

    assert read_dataset(tmp_path).sprints.height == 1


def test_lines_without_numbers_are_counted_and_left_out(tmp_path: Path) -> None:
    broken = line(1, 2).replace(",14,", ",,")
    write(tmp_path, "acme", 0, [line(1, 1), broken, "1,3,short", line(1, 4, diff=float("nan")), ""])

    data = read_dataset(tmp_path)

    assert data.sprints["sprint"].to_list() == [1]
    assert data.unreadable == 3


def test_delivering_exactly_the_work_inside_counts_as_delivered(tmp_path: Path) -> None:
    write(tmp_path, "acme", 0, [line(1, 1, diff=0), line(1, 2, diff=-0.5), line(1, 3, diff=2.5)])

    assert outcomes(read_dataset(tmp_path).sprints).tolist() == [1, 0, 1]


@pytest.mark.parametrize("files", [{}, {"notes.txt": "x"}, {"acme_iteration_40.csv": HEADER}])
def test_a_folder_without_such_files_says_what_to_do(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    with pytest.raises(DatasetError, match="_iteration_<0"):
        read_dataset(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the column boardid"),
        (HEADER.replace("vel_diff", "x"), "lacks the column vel_diff"),
        (HEADER, "No sprint"),
    ],
)
def test_files_without_sprints_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "acme_iteration_0.csv").write_text(text)

    with pytest.raises(DatasetError, match=message):
        read_dataset(tmp_path)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder"):
        read_dataset(tmp_path / "nowhere")


@pytest.mark.realdata
def test_counts_of_the_public_sprints(real_data: Path) -> None:
    data = read_dataset(real_data / "delivery-capability")

    counts = data.sprints.group_by("time", maintain_order=False).len().sort("time").rows()

    assert counts == [(0, 370), (30, 381), (50, 383), (80, 388)]
    assert data.organisations == ["apache", "jboss", "spring"]
    assert data.unreadable == 0
