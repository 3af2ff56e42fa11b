"""What somebody may not see is not named to them, in whatever form it is written."""

import pytest
from pydantic import BaseModel

from sprintlib.access import Identity, Role
from sprintlib.errors import AccessError
from sprintlib.project import ProjectHandle
from sprintlib.services.redaction import redacted
from tests.world import World


class Told(BaseModel):
    text: str


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("waits for acme/web#30.", "waits for [not shown]."),
        ("waits for web#30, api#3 and cobweb#3", "waits for [not shown], api#3 and cobweb#3"),
        ("ACME/WEB@1a2b3c4", "[not shown]"),
        ("see https://github.com/acme/web/issues/30#issuecomment-1 and so on", "see [not shown] and so on"),
        ('"https://github.com/acme/web"', '"[not shown]"'),
        ("acme/website#1 and https://github.com/acme/website/pull/1", None),
        ("the web team", None),
        ("https://github.com/acme/api/issues/30", None),
    ],
)
def test_names_in_others_texts(team: World, text: str, shown: str | None) -> None:
    project = ProjectHandle(team.settings, team.engine)
    part = project.seen_by(Identity("ada", Role.viewer, "token", ("Acme/API",)))
    assert part.settings.project.repositories == ("acme/api",)
    assert redacted(part, Told(text=text)).text == (shown or text)
    assert redacted(project, Told(text=text)).text == text


def test_who_may_see_nothing(team: World) -> None:
    with pytest.raises(AccessError, match="ada may see none of the repositories of acme"):
        ProjectHandle(team.settings, team.engine).seen_by(Identity("ada", Role.viewer, "token", ("other/one",)))
