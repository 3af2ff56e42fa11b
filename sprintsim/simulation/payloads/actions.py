"""Workflow run objects."""

from sprintsim.simulation.event_log import Run
from sprintsim.simulation.payloads.context import Context, Json, api_url, html_url, node_id, timestamp
from sprintsim.simulation.payloads.people import user
from sprintsim.simulation.payloads.repositories import minimal_repository
from sprintsim.simulation.repository import DEFAULT_BRANCH

_FILES = {"CI": ".github/workflows/ci.yml", "Nightly": ".github/workflows/nightly.yml"}


def workflow_run(context: Context, run: Run) -> Json:
    """The latest attempt of a run, as `/actions/runs` lists it."""
    number = context.id_of("run", (run.repo, run.workflow, run.number))
    suite = context.id_of("suite", (run.repo, run.workflow, run.number))
    workflow = context.id_of("workflow", (run.repo, run.workflow))
    api = api_url(run.repo)
    url = f"{api}/actions/runs/{number}"
    sha = context.commit(run.repo, run.commit).sha
    actor = user(context, run.actor)
    finished = run.finished_at < context.event_log.until
    previous = f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None
    return {
        "id": number,
        "name": run.workflow,
        "node_id": node_id("WFR", number),
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CS", suite),
        "head_branch": run.branch,
        "head_sha": sha,
        "path": _FILES[run.workflow],
        "run_number": run.number,
        "run_attempt": run.attempt,
        "referenced_workflows": [],
        "event": run.event,
        "display_title": run.title,
        "status": "completed" if finished else "in_progress",
        "conclusion": run.conclusion if finished else None,
        "workflow_id": workflow,
        "url": url,
        "html_url": f"{html_url(run.repo)}/actions/runs/{number}",
        "pull_requests": [_pull_request(context, run, sha)] if _is_open(context, run) else [],
        "created_at": timestamp(run.created_at),
        "updated_at": timestamp(run.finished_at if finished else run.started_at),
        "run_started_at": timestamp(run.started_at),
        "actor": actor,
        "triggering_actor": actor,
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{api}/check-suites/{suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": previous,
        "workflow_url": f"{api}/actions/workflows/{workflow}",
        "head_commit": _head_commit(context, run),
        "repository": minimal_repository(context, run.repo),
        "head_repository": minimal_repository(context, run.repo),
    }


def _is_open(context: Context, run: Run) -> bool:
    return bool(run.pull) and context.states[(run.repo, run.pull)].state == "open"


def _pull_request(context: Context, run: Run, sha: str) -> Json:
    number = context.id_of("pull", (run.repo, run.pull))
    repo = {"id": context.id_of("repository", run.repo), "url": api_url(run.repo), "name": run.repo}
    base = context.git[run.repo].diffs[run.pull].base
    return {
        "id": number,
        "number": run.pull,
        "url": f"{api_url(run.repo)}/pulls/{run.pull}",
        "head": {"ref": run.branch, "sha": sha, "repo": repo},
        "base": {"ref": DEFAULT_BRANCH, "sha": base, "repo": repo},
    }


def _head_commit(context: Context, run: Run) -> Json:
    facts = context.commit(run.repo, run.commit)
    commit = context.commits[run.commit]
    person = context.event_log.people[commit.author]
    signature = {"name": person.name, "email": person.email}
    return {
        "id": facts.sha,
        "tree_id": facts.tree,
        "message": commit.message,
        "timestamp": timestamp(commit.at),
        "author": signature,
        "committer": signature,
    }
