"""sprint.toml: what is read, and the one sentence for what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from sprintlib import settings
from sprintlib.errors import SettingsError

MINIMAL = '[project]\nname = "shop"\nrepositories = ["acme/api", "acme/web"]\n'


def write(folder: Path, text: str) -> Path:
    (folder / "sprint.toml").write_text(text)
    return folder


def test_minimal_file(tmp_path: Path) -> None:
    read = settings.load(write(tmp_path, MINIMAL))
    assert read.project.repositories == ("acme/api", "acme/web")
    assert read.github.api_url == "https://api.github.com"
    assert read.database_url == f"sqlite:///{tmp_path}/data/sprint.db"
    assert read.reports_dir == tmp_path / "papermill_runs"


def test_everything_can_be_set(tmp_path: Path) -> None:
    text = MINIMAL + (
        'time_zone = "Europe/Berlin"\n[calendar]\ncountry = "DE"\ndays_off = [2026-12-24]\n'
        '[milestones."2.4 Checkout"]\nstart = 2026-11-09\n[store]\nurl = "postgresql+psycopg://db/sprint"\n'
    )
    read = settings.load(write(tmp_path, text))
    assert read.time_zone.key == "Europe/Berlin"
    assert read.calendar.days_off == (date(2026, 12, 24),)
    assert read.milestones["2.4 Checkout"].start == date(2026, 11, 9)
    assert read.database_url == "postgresql+psycopg://db/sprint"


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPRINT_DATABASE_URL", "sqlite:////elsewhere.db")
    assert settings.load(write(tmp_path, MINIMAL)).database_url == "sqlite:////elsewhere.db"


def test_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings.find_home() == tmp_path
    monkeypatch.setenv("SPRINT_HOME", str(tmp_path / "a"))
    assert settings.find_home() == tmp_path / "a"
    assert settings.find_home(tmp_path / "b") == tmp_path / "b"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[project", "is not valid TOML"),
        ("", "project: this setting is missing."),
        ('[project]\nname = "x"\nrepositories = []\n', "at least 1 item"),
        ('[project]\nname = "x"\nrepositories = ["api"]\n', "'api' is not of the form OWNER/NAME."),
        ('[project]\nname = "x"\nrepositories = ["a/b", "A/B"]\n', "a repository is listed twice."),
        (MINIMAL + 'time_zone = "Berlin"\n', "'Berlin' is not a time zone; use a name such as Europe/Berlin."),
        (MINIMAL + "[github]\ntoken = 'x'\n", "github.token: there is no such setting."),
        (MINIMAL + "[risks]\nblocked_days = 0\n", "risks.blocked_days: write more than 0."),
        (
            MINIMAL + '[report]\nat = "25:00"\n',
            'report.at: write it as HH:MM on a 24-hour clock, such as "07:30".',
        ),
        (MINIMAL + 'cadence_days = "two"\n', "project.cadence_days: write a whole number."),
        (MINIMAL + "[risks]\nnear_due_days = 1.5\n", "risks.near_due_days: write a whole number."),
        (MINIMAL + '[risks]\nblocked_days = "long"\n', "risks.blocked_days: write a number."),
        (MINIMAL + '[github]\nclone = "perhaps"\n', "github.clone: write true or false."),
        (MINIMAL + '[calendar]\nweekend = ["sunday"]\n', "choose from 'mon', 'tue'"),
        (MINIMAL + '[calendar]\ndays_off = ["Xmas"]\n', "write a date such as 2026-12-24."),
        (
            MINIMAL + '[calendar]\nweekend = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n',
            "calendar.weekend: a week needs at least one working day: leave one out.",
        ),
        (
            MINIMAL + '[sprints]\nsource = "boards"\n',
            "sprints.source: choose from 'milestones', 'cadence' or 'projects'.",
        ),
        (
            MINIMAL + '[sprints]\nproject = "acme/board"\n',
            "sprints.project: 'acme/board' is not of the form OWNER/NUMBER",
        ),
        (MINIMAL + '[sprints]\nsource = "projects"\n', "sprints: name the GitHub Project as OWNER/NUMBER"),
        (
            MINIMAL + '[sprints]\nsource = "cadence"\n',
            "sprints: a cadence needs the first day of its first sprint, such as start = 2026-01-05.",
        ),
        (
            MINIMAL + '[sprints]\nlength = "a fortnight"\n',
            'sprints.length: \'a fortnight\' is not a length such as "2 weeks" or "10 days".',
        ),
        (MINIMAL + "[sprints]\nstart = 1990-01-01\n", "sprints.start: there was no GitHub in 1990: write a later day."),
        (MINIMAL + "[actions]\ntarget = 1.0\n", "actions.target: write at most 0.95."),
        ('[project]\nname = 5\nrepositories = ["a/b"]\n', "project.name: write it in quotes."),
        ('[project]\nname = "x"\nrepositories = "a/b"\n', 'project.repositories: write a list such as ["one", "two"].'),
        ('[project]\nnme = "x"\nrepositories = ["a/b"]\n', "project.nme: there is no such setting."),
    ],
)
def test_wrong_files_give_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=".") as caught:
        settings.load(write(tmp_path, text))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="run 'sprint init' there, or name the folder with --home"):
        settings.load(tmp_path)


PROJECT = '[project]\nname = "x"\nrepositories = ["{}"]\n'


@pytest.mark.parametrize("name", ["acme/api", "a/b", "acme-inc/.github", "octo_corp/x", "A1/" + "n" * 100])
def test_names_that_github_gives_are_taken(tmp_path: Path, name: str):
    (tmp_path / "sprint.toml").write_text(PROJECT.format(name))
    assert settings.load(tmp_path).project.repositories == (name,)


@pytest.mark.parametrize(
    "name",
    [
        *("acme", "acme/", "/api", "acme/..", "acme/.", "../api", "-x/api", "a/b/c", "acme/a b", "acme/api?x=1"),
        *("acme/api#1", "acme/%2e%2e", "ácme/api", "a" * 40 + "/api", "acme/" + "n" * 101),
    ],
)
def test_names_that_github_does_not_give_are_refused(tmp_path: Path, name: str):
    (tmp_path / "sprint.toml").write_text(PROJECT.format(name))
    with pytest.raises(SettingsError, match="is not of the form OWNER/NAME"):
        settings.load(tmp_path)


@pytest.mark.parametrize(("section", "key"), [("github", "api_url"), ("llm", "host")])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://host.example", "is not an address such as https://host.example"),
        ("https://", "is not an address such as https://host.example"),
        ("http://host.example:99999", "is not an address such as https://host.example"),
        ("http://[::1", "is not an address such as https://host.example"),
        ("https://host.example/x?y=1", "is not an address such as https://host.example"),
        ("https://host.example/ x", "is not an address such as https://host.example"),
        ("https://u:sesame@host.example", "an address holds no user name and no password"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused(tmp_path: Path, section: str, key: str, address: str, said: str):
    (tmp_path / "sprint.toml").write_text(PROJECT.format("acme/api") + f'[{section}]\n{key} = "{address}"\n')
    with pytest.raises(SettingsError) as failed:
        settings.load(tmp_path)
    assert f"{section}.{key}: " in str(failed.value)
    assert said in str(failed.value)
    assert "sesame" not in str(failed.value)


def test_ollama_may_be_named_without_its_scheme(tmp_path: Path):
    (tmp_path / "sprint.toml").write_text(PROJECT.format("acme/api") + '[llm]\nhost = "127.0.0.1:11434"\n')
    assert settings.load(tmp_path).llm.host == "http://127.0.0.1:11434"
