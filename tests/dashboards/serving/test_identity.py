"""One sign-in for `sprint serve` and the dashboards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select, update

from sprintlib.access.sessions import COOKIE, begin_session
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from tests.dashboards.project import Served, dashboards, write_project

STYLE = "sprint/style.css"


def get(served: Served, path: str, cookie: str | None = None, **headers: str) -> httpx.Response:
    headers |= {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    return httpx.get(served.url + path, headers=headers, timeout=60)


def test_who_is_signed_in_at_the_api_looks_at_the_dashboards(tmp_path: Path) -> None:
    home = write_project(tmp_path)
    with (home / "sprint.toml").open("a", encoding="utf-8") as file:
        file.write('[auth]\nmode = "github"\nmembers = ["ada"]\npublic_url = "https://sprint.example"\n')
        file.write('[api]\nhosts = ["sprint.example"]\n')
    settings = load(home)
    engine = open_store(settings.database_url)

    def begin(repositories: tuple[str, ...] | None = None) -> str:
        return begin_session(engine, settings.data_dir, settings.auth, "ada", repositories)

    whole, part, old = begin(), begin(("acme/api",)), begin()
    last = select(func.max(schema.session.c.id)).scalar_subquery()
    hours_ago = datetime.now(UTC) - timedelta(hours=2)
    with engine.begin() as connection:
        connection.execute(update(schema.session).where(schema.session.c.id == last).values(checked_at=hours_ago))
    with dashboards(home) as running:
        away = get(running, STYLE)
        assert away.headers["location"].startswith("/login?next=")
        asked = get(running, away.headers["location"][1:]).headers["location"]
        assert asked == "https://sprint.example/api/v1/auth/sign-in?to=%2Fsprint%2Fstyle.css"
        assert get(running, STYLE, whole).status_code == 200
        refused = get(running, STYLE, part)
        assert (refused.status_code, "may not see every repository" in refused.text) == (403, True)
        assert get(running, STYLE, whole, host="sprint.example").status_code == 200
        assert get(running, STYLE, whole, host="evil.example").status_code == 403
        assert {get(running, STYLE, wrong).status_code for wrong in (old, "x", whole[:-9])} == {302}
    engine.dispose()
