"""The security checks find what they are for, and say so where they could not look."""

import json
import re
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.checks import advisories, secret_scan
from tests.conftest import ROOT


def test_a_secret_is_found_wherever_it_stands(tmp_path: Path) -> None:
    key, token = secrets.token_hex(20), f"ghp_{secrets.token_hex(18)}"
    (tmp_path / "config.py").write_text(f'COLOUR = "red"\n\nCLIENT = "{key}"\n', encoding="utf-8")
    (tmp_path / "page.md").write_text(f"Run it.\nUse {token} for it.\n", encoding="utf-8")
    (tmp_path / "plain.py").write_text("print('good morning to everybody who reads this')\n", encoding="utf-8")
    found = secret_scan.scan(tmp_path, ["config.py", "page.md", "plain.py"])
    assert {(one.filename, one.line_number) for one in found} == {("config.py", 3), ("page.md", 2)}
    assert set(secret_scan.unknown(found)) == set(found)


def test_what_the_baseline_knows_is_known_wherever_its_line_has_moved() -> None:
    known = json.loads(secret_scan.BASELINE.read_text(encoding="utf-8"))["results"]
    name = "tests/planted.py"
    found = secret_scan.scan(ROOT, [name])
    assert {one.secret_hash for one in found} == {one["hashed_secret"] for one in known[name]}
    for one in found:
        one.line_number += 7
    assert not list(secret_scan.unknown(found))


def test_git_holds_no_file_of_secrets() -> None:
    names = secret_scan.tracked(ROOT)
    assert "sprintlib/access/keys.py" in names
    held = [name for name in names if re.search(r"(^|/)(\.env|keys\.json|github-token|sprint\.toml)$", name)]
    assert held == ["deploy/sprint.toml"]  # an example, which names files of secrets and holds none


@pytest.mark.parametrize("pins", [None, [], [{"name": "a", "skip_reason": "not found"}]])
def test_an_advisory_service_out_of_reach_is_one_line_and_no_failure(pins: list[dict[str, str]] | None) -> None:
    assert advisories.report(pins) == (
        "the advisory service cannot be reached from here: nothing was checked.",
        False,
    )


def test_advisories_are_told() -> None:
    vulns = [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2026-2", "fix_versions": []}]
    pins = [
        {"name": "a", "version": "1.0", "vulns": vulns},
        {"name": "b", "version": "2.0", "vulns": []},
        {"name": "c", "skip_reason": "not found"},
    ]
    text, failed = advisories.report(pins)
    assert failed
    assert text.splitlines() == [
        "2 of 3 pinned packages could be asked about, 2 advisories.",
        "a 1.0: PYSEC-2026-1, mended in 1.1",
        "a 1.0: PYSEC-2026-2, mended in no version yet",
    ]
    assert advisories.report(pins[1:]) == ("1 of 2 pinned packages could be asked about, 0 advisories.", False)


def test_every_exception_of_bandit_names_its_test_and_its_reason() -> None:
    lines = subprocess.run(
        ["git", "grep", "--untracked", "-hn", "# nosec", "--", "sprintlib", "sprintsim", "training"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert lines
    assert [line for line in lines if not re.search(r"# nosec B\d{3} # \w.+", line)] == []
