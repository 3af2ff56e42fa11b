"""Repository, milestone and release objects."""

from sprintsim.simulation.event_log import Milestone, Release
from sprintsim.simulation.payloads.context import (
    ORGANIZATION,
    WEB,
    Context,
    Json,
    api_url,
    html_url,
    maybe_timestamp,
    node_id,
    timestamp,
)
from sprintsim.simulation.payloads.people import user
from sprintsim.simulation.repository import DEFAULT_BRANCH

_ABOUT = {
    "api": ("Slots, bookings and payments behind Mooring, the booking app for small salons.", "Python"),
    "web": ("The booking pages and the salon's back office of Mooring.", "TypeScript"),
    "mobile": ("The Mooring app for guests and for staff on the move.", "Kotlin"),
}
_TEMPLATES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def minimal_repository(context: Context, repo: str) -> Json:
    """The repository as workflow runs embed it."""
    key = ("minimal repository", repo)
    if key not in context.cache:
        number = context.id_of("repository", repo)
        api = api_url(repo)
        context.cache[key] = {
            "id": number,
            "node_id": node_id("R", number),
            "name": repo,
            "full_name": f"{ORGANIZATION}/{repo}",
            "private": False,
            "owner": user(context, ORGANIZATION),
            "html_url": html_url(repo),
            "description": _ABOUT[repo][0],
            "fork": False,
            "url": api,
            **{name: api + path for name, path in _TEMPLATES.items()},
        }
    return context.cache[key]


def repository(context: Context, repo: str) -> Json:
    """The repository as pull requests embed it."""
    key = ("repository", repo)
    if key not in context.cache:
        context.cache[key] = _repository(context, repo)
    return context.cache[key]


def full_repository(context: Context, repo: str) -> Json:
    """The repository as `/repos/{owner}/{repo}` answers."""
    return {
        **repository(context, repo),
        "organization": user(context, ORGANIZATION),
        "network_count": 0,
        "subscribers_count": 6,
        "allow_squash_merge": False,
        "allow_merge_commit": True,
        "allow_rebase_merge": False,
        "allow_auto_merge": False,
        "delete_branch_on_merge": True,
    }


def _repository(context: Context, repo: str) -> Json:
    event_log = context.event_log
    pushes = [commit.at for commit in event_log.commits if commit.repo == repo]
    open_items = sum(1 for key, state in context.states.items() if key[0] == repo and state.state == "open")
    full_name = f"{ORGANIZATION}/{repo}"
    return {
        **minimal_repository(context, repo),
        "created_at": timestamp(event_log.start),
        "updated_at": timestamp(max(pushes)),
        "pushed_at": timestamp(max(pushes)),
        "git_url": f"git://github.com/{full_name}.git",
        "ssh_url": f"git@github.com:{full_name}.git",
        "clone_url": f"{WEB}/{full_name}.git",
        "svn_url": f"{WEB}/{full_name}",
        "homepage": None,
        "size": 412,
        "stargazers_count": 3,
        "watchers_count": 3,
        "language": _ABOUT[repo][1],
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": 0,
        "mirror_url": None,
        "archived": False,
        "disabled": False,
        "open_issues_count": open_items,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "public",
        "forks": 0,
        "open_issues": open_items,
        "watchers": 3,
        "default_branch": DEFAULT_BRANCH,
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
    }


def milestone(context: Context, each: Milestone) -> Json:
    """A milestone with its counts today. `due_on` is midnight UTC of the due date, as GitHub stores it."""
    key = ("milestone", (each.repo, each.number))
    if key not in context.cache:
        context.cache[key] = _milestone(context, each)
    return context.cache[key]


def _milestone(context: Context, each: Milestone) -> Json:
    number = context.id_of("milestone", (each.repo, each.number))
    url = f"{api_url(each.repo)}/milestones/{each.number}"
    key = (each.repo, each.number)
    touched = [state.updated_at for state in context.states.values() if state.milestone == each.number]
    return {
        "url": url,
        "html_url": f"{html_url(each.repo)}/milestone/{each.number}",
        "labels_url": f"{url}/labels",
        "id": number,
        "node_id": node_id("MI", number),
        "number": each.number,
        "title": each.title,
        "description": each.description,
        "creator": user(context, each.creator),
        "open_issues": context.milestone_counts[(key, "open")],
        "closed_issues": context.milestone_counts[(key, "closed")],
        "state": "closed" if each.closed_at else "open",
        "created_at": timestamp(each.created_at),
        "updated_at": timestamp(each.closed_at or max(touched, default=each.created_at)),
        "due_on": f"{each.due_on.isoformat()}T00:00:00Z",
        "closed_at": maybe_timestamp(each.closed_at),
    }


def release(context: Context, each: Release) -> Json:
    """A published release."""
    number = context.id_of("release", (each.repo, each.tag))
    url = f"{api_url(each.repo)}/releases/{number}"
    return {
        "url": url,
        "html_url": f"{html_url(each.repo)}/releases/tag/{each.tag}",
        "assets_url": f"{url}/assets",
        "upload_url": f"https://uploads.github.com/repos/{ORGANIZATION}/{each.repo}/releases/{number}/assets{{?name,label}}",
        "tarball_url": f"{api_url(each.repo)}/tarball/{each.tag}",
        "zipball_url": f"{api_url(each.repo)}/zipball/{each.tag}",
        "id": number,
        "node_id": node_id("RE", number),
        "tag_name": each.tag,
        "target_commitish": DEFAULT_BRANCH,
        "name": each.tag,
        "body": each.body,
        "draft": False,
        "immutable": False,
        "prerelease": False,
        "created_at": timestamp(each.at),
        "published_at": timestamp(each.at),
        "author": user(context, each.author),
        "assets": [],
    }
