"""User objects."""

from sprintsim.simulation.payloads.context import API, ORGANIZATION, WEB, Context, Json, node_id


def user(context: Context, login: str) -> Json:
    """GitHub's simple user. The organization is one too."""
    key = ("user", login)
    if key not in context.cache:
        context.cache[key] = _user(context, login)
    return context.cache[key]


def maybe_user(context: Context, login: str | None) -> Json | None:
    """The user, or null for a deleted account."""
    return user(context, login) if login else None


def author_association(context: Context, login: str | None) -> str:
    """What the author is to the repository."""
    person = context.event_log.people.get(login or "")
    return "MEMBER" if person and person.is_member else "NONE"


def _user(context: Context, login: str) -> Json:
    person = context.event_log.people.get(login)
    is_bot = bool(person and person.is_bot)
    kind = "Bot" if is_bot else "Organization" if login == ORGANIZATION else "User"
    number = context.id_of("user", login)
    quoted = login.replace("[", "%5B").replace("]", "%5D")
    url = f"{API}/users/{quoted}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id({"Bot": "BOT", "Organization": "O", "User": "U"}[kind], number),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{WEB}/apps/{login.removesuffix('[bot]')}" if is_bot else f"{WEB}/{login}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": kind,
        "site_admin": False,
    }
