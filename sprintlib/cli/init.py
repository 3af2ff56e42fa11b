"""`sprint init`: write sprint.toml for one's own repositories."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.github import Estimate, Token
    from sprintlib.settings import Settings

_PREFIXES = ("https://github.com/", "http://github.com/", "git@github.com:", "github.com/")


@click.command("init")
@click.option("--repo", "repositories", multiple=True, metavar="OWNER/NAME", help="A repository; may be repeated.")
@click.option("--api-url", help="REST API root, for GitHub Enterprise or the local server.")
@click.option("--project", help="Name shown in reports; default: the owner of the repositories.")
@click.option("--time-zone", help="IANA name such as Europe/Berlin; default: this machine's.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Replace an existing sprint.toml.")
@click.pass_obj
def command(
    app: App,
    repositories: tuple[str, ...],
    api_url: str | None,
    project: str | None,
    time_zone: str | None,
    yes: bool,
    force: bool,
) -> None:
    """Write sprint.toml for your repositories, and say what collecting them will take.

    The token comes from GITHUB_TOKEN, else from 'gh auth token', else it is asked for and kept in data/github-token,
    readable by you only.
    """
    from sprintlib.errors import SettingsError
    from sprintlib.github import (
        check_overwrite,
        connect,
        estimate,
        find_planning,
        find_token,
        full_name,
        write_settings,
    )
    from sprintlib.settings import find_home

    home = find_home(app.home)
    check_overwrite(home, force)
    names = [_plain(name) for name in repositories]
    if not names:
        if yes:
            raise SettingsError("Name the repositories: 'sprint init --repo OWNER/NAME --repo OWNER/OTHER --yes'.")
        names = [_plain(name) for name in click.prompt("Repositories, as OWNER/NAME, separated by spaces").split()]
    settings = _settings(home, names, api_url, project, time_zone)
    token = find_token(settings) or (None if yes else _ask_for_token(settings))
    client = connect(settings, token)
    names = [full_name(client, name) for name in settings.project.repositories]
    settings = _settings(home, names, api_url, project, time_zone)
    needed = estimate(client, settings, names)
    planning = find_planning(client, names)
    settings = settings.model_copy(update={"sprints": planning.sprints})
    path = write_settings(home, settings, force)
    click.echo(f"Wrote {path} for {', '.join(names)}.")
    click.echo(f"Token: {token.origin if token else 'none, so public repositories only and 60 requests an hour'}.")
    click.echo(planning.told)
    click.echo(_what_it_takes(needed))
    click.echo("Next: 'sprint sync' collects, then 'sprint analyze' and 'sprint report'. 'sprint doctor' checks all.")


def _settings(
    home: Path, names: list[str], api_url: str | None, project: str | None, time_zone: str | None
) -> "Settings":
    from sprintlib.github import guess_project_name, guess_time_zone
    from sprintlib.settings import parse

    values = {
        "home": home,
        "project": {
            "name": project or guess_project_name(names, home),
            "repositories": names,
            "time_zone": time_zone or guess_time_zone(),
        },
        "github": {"api_url": api_url.rstrip("/")} if api_url else {},
    }
    return parse(values, source="")


def _ask_for_token(settings: "Settings") -> "Token | None":
    from sprintlib.github import Token, save_token

    value = click.prompt("GitHub token (empty: none)", hide_input=True, default="", show_default=False).strip()
    return Token(value, str(save_token(settings.data_dir, value))) if value else None


def _what_it_takes(needed: "Estimate") -> str:
    minutes = needed.seconds / 60
    time = f"{minutes:.0f} minutes" if minutes >= 1.5 else "a minute" if minutes > 0.5 else "less than a minute"
    said = (
        f"The first collection takes about {needed.requests:,} requests and {time} "
        f"({needed.issues:,} issues, {needed.pulls:,} pull requests); open milestones come first."
    )
    if needed.within_budget:
        return said
    return said + (
        f" GitHub lets you make {needed.remaining:,} more this hour: 'sprint sync' will stop there and say when to "
        "run it again."
    )


def _plain(name: str) -> str:
    """OWNER/NAME out of whatever was pasted."""
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name.strip().strip(",").removesuffix("/").removesuffix(".git")
