"""docs/settings.md lists every setting with its default, as the model has them.

`python -m tests.house.test_settings_page` writes it again after a change.
"""

import json
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sprintlib.settings import Settings
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "settings.md"
HEAD = """# Every setting

Settings are in `sprint.toml`, in the project's home folder. `sprint init` writes it; edit it by hand. Every setting but
`name` and `repositories` has a default. A wrong key or value is reported in one sentence that names it.

Secrets are not settings: the GitHub token comes from `GITHUB_TOKEN`, `gh auth token` or a file in the data folder
([the token](collecting.md#the-token)), or is that of a [GitHub App](live.md#as-a-github-app).

| variable | meaning |
|---|---|
| `GITHUB_TOKEN` | the token |
| `SPRINT_HOME` | the home folder, as `--home` |
| `SPRINT_DATABASE_URL` | the store, before `url` under `[store]` |
| `SPRINT_DASHBOARDS_TOKEN` | what visitors of the dashboards must enter, as `--token` |
| `SPRINT_WEBHOOK_SECRET` | the secret of the webhooks, before `secret_file` under `[webhooks]` |
| `SPRINT_WEBHOOK_SECRET_BEFORE` | the former one, while both count |
| `SPRINT_SLACK_WEBHOOK` | the address of Slack's incoming webhook, before `slack_webhook_file` under `[digest]` |
| `SPRINT_TEAMS_WEBHOOK` | the address of the Teams workflow, before `teams_webhook_file` |
| `SPRINT_SMTP_PASSWORD` | the password of the mail server, before `smtp_password_file` |
"""


def page() -> str:
    """The page, from the model."""
    return HEAD + "".join(section(name, field.annotation) for name, field in Settings.model_fields.items())


def section(name: str, model: Any) -> str:
    """A section of `sprint.toml`; nothing for what is no section."""
    title = f"[{name}]"
    if name == "away":
        title, model = "[[away]]", model.__args__[0]
    if name == "milestones":
        title, model = '[milestones."TITLE"]', model.__args__[1]
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ""
    fields = model.model_fields.items()
    rows = [f"| `{field.alias or key}` | {default(field)} | {field.description} |" for key, field in fields]
    return "\n".join(
        ["", f"## `{title}`", "", str(model.__doc__), "", "| key | default | meaning |", "|---|---|---|", *rows, ""]
    )


def default(field: Any) -> str:
    """The default as TOML has it."""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    return "none" if value is None or value == () else f"`{json.dumps(value)}`"


def test_the_page_lists_every_setting_with_its_default():
    assert PAGE.read_text(encoding="utf-8") == page()
    assert '| `at` | `"07:30"` | ' in page()
    assert "| `stale_pull_request_days` | `1.0` | " in page()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
