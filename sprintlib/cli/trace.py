"""`sprint trace`: how an explanation came about, step by step, and what it would be with another value."""

import json
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sprintlib.agents import Workflow, WorkflowRun


@click.group("trace")
def command() -> None:
    """Open the reasoning of a run: list what is kept, show one step by step, or fork it with another value."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_runs(app: App, as_json: bool) -> None:
    """The runs that are kept, the newest first."""
    with _chain(app) as chain:
        runs = [_summary(run) for run in chain.runs()]
    if as_json:
        click.echo(json.dumps(runs, indent=2))
    for run in [] if as_json else runs:
        state = f"waits for {', '.join(run['waiting'])}" if run["waiting"] else "finished"
        click.echo(
            f"{run['run']}  {_as_of(run, app.settings.time_zone)}  {_printable(run['milestone'] or '-')}  {state}"
        )
    if not runs and not as_json:
        click.echo("No runs yet: 'sprint explain' makes one.")


@command.command("show", short_help="What each agent was given, did and found.")
@click.argument("run")
@click.option("--after", metavar="AGENT", help="Only the whole state after this agent.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the whole state.")
@click.pass_obj
def show(app: App, run: str, after: str | None, as_json: bool) -> None:
    """What each agent of a RUN was given, did and found; prompts, evidence and dropped claims included."""
    with _chain(app) as chain:
        found = chain.run(run)
        state: dict[str, Any] = dict(chain.after(run, after) if after else found.state)
    if as_json or after:
        click.echo(json.dumps(state, indent=2))
        return
    for line in _told(found, app.settings.time_zone):
        click.echo(_printable(line))


@command.command("fork", short_help="Change a value, and run again from there.")
@click.argument("run")
@click.option("--after", required=True, metavar="AGENT", help="Take the state as it was after this agent.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="A key of the state, or a path such as work.days_left, and its new value as JSON; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the new run as one JSON object.")
@click.pass_obj
def fork(app: App, run: str, after: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Change a RUN's state after an agent, and run from there: only what is downstream is done again.

    sprint trace fork RUN --after feature_engineer --set work.days_left=10
    """
    with _chain(app) as chain:
        state = dict(chain.after(run, after))
        forked = chain.fork(run, after, **_changed(state, changes))
        before = chain.run(run)
    if as_json:
        click.echo(json.dumps(_summary(forked) | {"analysis": forked.state["analysis"]}, indent=2))
        return
    for name, one in (("before", before), ("now", forked)):
        summary = one.analysis.milestones[0].summary if not one.waiting else "unfinished"
        click.echo(f"{name:6}  {one.id}  {_printable(summary)}")


def _chain(app: App) -> "AbstractContextManager[Workflow]":
    from sprintlib.agents import AnalysisContext, open_workflow

    return open_workflow(AnalysisContext(app.project.engine, app.settings))


def _changed(state: dict[str, Any], changes: tuple[str, ...]) -> dict[str, Any]:
    """Top-level keys of the state with their new values."""
    from sprintlib.errors import SettingsError

    found: dict[str, Any] = {}
    for change in changes:
        path, sign, text = change.partition("=")
        first, *rest = path.split(".")
        if not sign or (rest and first not in state):
            raise SettingsError(f"'{change}' does not name a value of the state: write --set work.days_left=10.")
        value = _value(text)
        if rest:
            found[first] = json.loads(json.dumps(found.get(first, state[first])))
            _put(found[first], rest, value, change)
        else:
            found[first] = value
    return found


def _put(inside: Any, path: list[str], value: Any, change: str) -> None:
    from sprintlib.errors import SettingsError

    for step in path[:-1]:
        inside = inside.get(step) if isinstance(inside, dict) else None
    if not isinstance(inside, dict) or path[-1] not in inside:
        raise SettingsError(f"'{change}' names nothing in the state: 'sprint trace show RUN --json' shows it.")
    inside[path[-1]] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _summary(run: "WorkflowRun") -> dict[str, Any]:
    request = run.state.get("request", {})
    return {
        "run": run.id,
        "as_of": request.get("as_of", ""),
        "milestone": run.state.get("facts", {}).get("title") or request.get("milestone"),
        "waiting": list(run.waiting),
        "seconds": round(sum(step["seconds"] for step in run.state.get("trace", [])), 2),
    }


def _as_of(summary: "dict[str, Any]", zone: tzinfo) -> str:
    """The moment that a run speaks of; as it is written where it is none."""
    try:
        return local_time(datetime.fromisoformat(summary["as_of"]), zone)
    except ValueError:
        return str(summary["as_of"])


def _told(run: "WorkflowRun", zone: tzinfo) -> "Iterator[str]":
    summary = _summary(run)
    yield f"Run {run.id}: {summary['milestone'] or 'no milestone yet'}, as of {_as_of(summary, zone)}"
    for step in run.state.get("trace", []):
        yield f"  {step['agent']:18} {step['seconds']:7.2f} s{'' if step['attempt'] == 1 else ', tried again'}"
        if step["agent"] == "llm_reasoner":
            yield from _asked(run.state.get("reasoning", {}))
        elif step["agent"] == "explainer":
            yield from _asked(run.state.get("words", {}))
    if run.waiting:
        yield f"  waits for {', '.join(run.waiting)}: 'sprint explain --resume {run.id}' goes on"
    for fault in run.state.get("faults", []):
        yield f"  {fault}"
    if not run.waiting:
        yield f"  {run.analysis.milestones[0].summary}"


def _asked(asked: dict[str, Any]) -> "Iterator[str]":
    """A question to the model: who, how, with which evidence, and what became of the answer."""
    if not asked:
        return
    yield f"    prompt {asked['version']}, evidence {' '.join(note['id'] for note in asked['pack'])}"
    for call in asked["calls"]:
        yield f"    {call['model']} {call['digest'][:12]}, {call['options']}, {call['seconds']:.1f} s"
    if report := asked.get("report"):
        yield f"    {_cited(report)}"
    for claim in asked["kept"]:
        yield f"    kept     {claim['text']} [{' '.join(claim['evidence'])}]"
    for one in asked["dropped"]:
        yield f"    dropped  {one['claim']['text'][:160]} ({one['reason']})"
    if asked["missing"]:
        yield f"    no words: {asked['missing']}"


def _cited(report: dict[str, Any]) -> str:
    """`4 of 5 claims kept; citation precision 80%, recall 80%, unsupported 20%, coverage 12%`."""
    names = {"citation_precision": "citation precision", "citation_recall": "recall", "unsupported_rate": "unsupported"}
    shares = [
        f"{told} {report[name]:.0%}"
        for name, told in (names | {"coverage": "coverage"}).items()
        if report[name] is not None
    ]
    return "; ".join([f"{report['kept']} of {report['claims']} claims kept", ", ".join(shares)]).rstrip("; ")


def _printable(text: str) -> str:
    from sprintlib.views.terminal import plain

    return text[: len(text) - len(text.lstrip())] + plain(text)
