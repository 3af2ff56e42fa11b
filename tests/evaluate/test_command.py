import json
from pathlib import Path

import pytest

from sprintlib.cli.main import main
from tests.evaluate.folder import line, write, write_simulated

FIELDS = ["time", "model", "n", "brier", "skill", "auc", "ece", "ece_perfect95", "in_sample"]


def test_json_is_a_list_of_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_simulated(tmp_path, organisations=2, teams=4)

    main(["evaluate", "--dataset", str(tmp_path), "--refit", "--json"])

    scores = json.loads(capsys.readouterr().out)
    assert len(scores) == 24
    assert all(list(score) == FIELDS for score in scores)
    assert {score["time"] for score in scores} == {0, 30, 50, 80}


def test_text_says_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "acme", 0, [line(1, n, diff=n % 2 - 1) for n in range(6)] + ["nonsense"])

    main(["evaluate", "--dataset", str(tmp_path)])

    assert "left out: 1 lines" in capsys.readouterr().out


def test_a_wrong_folder_is_one_sentence_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "--dataset", str(tmp_path)])

    assert stop.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1
