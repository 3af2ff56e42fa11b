"""Reports and digests with pseudonyms: no login of anybody in any text, link or chart, in every form of a report."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from sprintlib.access.keys import rotate_keys
from sprintlib.analysis.model import Sentence
from sprintlib.as_of import parse_as_of
from sprintlib.cli.main import sprint
from sprintlib.digest.building import build_digest
from sprintlib.digest.mail import as_text
from sprintlib.evidence import Evidence
from sprintlib.project import ProjectHandle
from sprintlib.reports import open_page, open_retrospective, open_week
from sprintlib.services import analyze
from sprintlib.services.pseudonyms import Pseudonyms
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from tests.startup import AS_OF, startup_home

NAMED = Pseudonyms({"ada", "tomas-oliveira", "bo", "12", "tomas oliveira", "web"}, frozenset({"acme", "web"}), b"k")
TEXTS = (
    (schema.issue.c.title, schema.issue.c.body),
    (schema.pull_request.c.title, schema.pull_request.c.body),
    (schema.comment.c.body,),
    (schema.milestone.c.title, schema.milestone.c.description),
    (schema.review.c.body,),
    (schema.workflow_run.c.name,),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The startup of the demo, whose people stand in every text and branch of it."""
    folder = startup_home(tmp_path_factory.mktemp("home"))
    engine = open_store(load(folder).database_url)
    with engine.begin() as connection:
        people = sorted(set(connection.execute(select(schema.pull_request.c.author)).scalars()))
        planted = " ".join([*people, *(f"@{one}'s" for one in people), *(f"see/{one}-fix_{one}" for one in people)])
        planted += " thanks @somebody-else"
        for columns in TEXTS:
            for column in columns:
                connection.execute(update(column.table).values({column: column.concat(f" {planted}")}))
        connection.execute(
            update(schema.pull_request).values(head_ref=schema.pull_request.c.head_ref + "-" + people[0])
        )
    engine.dispose()
    return folder


def logins(folder: Path) -> list[str]:
    engine = open_store(load(folder).database_url, read_only=True)
    with engine.connect() as connection:
        found = set(connection.execute(select(schema.pull_request.c.author)).scalars())
    engine.dispose()
    people = sorted(one for one in found if not one.endswith("[bot]"))
    assert len(people) >= 5
    return [*people, "somebody-else"]


def told(text: str, folder: Path) -> list[str]:
    """Who is named in a text."""
    return [one for one in logins(folder) if re.search(re.escape(one), text, re.IGNORECASE)]


def test_no_piece_of_any_report_names_anybody(home: Path) -> None:
    page = open_page(str(home), None, AS_OF, None, pseudonyms=True)
    week = open_week(str(home), AS_OF, pseudonyms=True)
    back = open_retrospective(str(home), None, AS_OF, pseudonyms=True)
    shown = [page.first_screen(), page.drivers(), page.findings(), page.scope(), page.context(), page.basis()]
    shown += [week.verdicts(), week.actions(), week.threats(), week.record(), week.basis()]
    shown += [back.planned(), back.forecast(), back.slowed(), back.record(), back.basis()]
    for piece in shown:
        assert told(str(piece._repr_mimebundle_()), home) == []
    assert re.search(r"dev-[0-9a-f]{6}", page.findings().html)
    assert told(open_page(str(home), None, AS_OF).findings().html, home) != []  # a check of the check


def test_a_models_words_and_their_links(home: Path) -> None:
    who = logins(home)[0]
    project = ProjectHandle.open(load(home), read_only=True)
    said = Pseudonyms.of(project)
    words = Sentence(
        text=f"Ask {who.upper()} or @{who}.",
        kind="fact",
        evidence=(Evidence(ref="acme/api#1", kind="issue", url=f"https://github.com/{who}"),),
        by_model=True,
    )
    name = said.name(who)
    assert said.applied(words).text == f"Ask {name} or {name}."
    assert said.applied(words).evidence[0].url == f"https://github.com/{name}"
    analysis = analyze(project, project.moment(AS_OF))
    same = said.applied(analysis)
    assert [one.probability for one in same.milestones] == [one.probability for one in analysis.milestones]
    assert type(analysis).model_validate_json(same.model_dump_json()) == same
    project.engine.dispose()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada and @ADA's ada-fix", "{ada} and {ada}'s {ada}-fix"),
        ("adamant, canada, web#12 of acme/web", "adamant, canada, web#12 of acme/web"),
        ("tomas-oliveira, Tomas Oliveira", "{tomas-oliveira}, {tomas oliveira}"),
        ("bo has 12 items; @bo and @12 not", "bo has 12 items; {bo} and {12} not"),
        ("@acme/core @acme ada@x.example", "@acme/core @acme {ada}@x.example"),
    ],
)
def test_who_is_told_from_other_words(text: str, expected: str) -> None:
    names = {name: NAMED.name(name) for name in NAMED.names}
    assert NAMED.text(text) == re.sub(r"\{(.*?)\}", lambda found: names[found[1]], expected)
    assert NAMED.text(text.strip()) == NAMED.applied((text,))[0]


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["@", "", "-", "_", "("]))
def test_no_login_is_left_between_other_words(before: str, after: str, mark: str) -> None:
    said = NAMED.text(f"{before} {mark}tomas-oliveira {after}")
    assert NAMED.name("tomas-oliveira") in said
    assert "tomas-oliveira" not in said.lower()


def test_the_same_in_every_report_until_the_keys_rotate(home: Path) -> None:
    project = ProjectHandle.open(load(home), read_only=True)
    one, again = Pseudonyms.of(project), Pseudonyms.of(project)
    assert one.name("Ada") == again.name("ada")
    rotate_keys(project.settings.data_dir)
    assert Pseudonyms.of(project).name("ada") != one.name("ada")
    project.engine.dispose()


def test_a_digest_names_nobody(home: Path) -> None:
    settings, engine = load(home), open_store(load(home).database_url)
    hidden = settings.model_copy(update={"report": settings.report.model_copy(update={"pseudonyms": True})})
    texts = [
        as_text(build_digest(ProjectHandle(one, engine, lambda: parse_as_of(AS_OF, settings))))
        for one in (settings, hidden)
    ]
    engine.dispose()
    assert told(texts[0], home) != []
    assert told(texts[1], home) == []
    assert CliRunner().invoke(sprint, ["--home", str(home), "digest", "--pseudonyms"]).exit_code == 0


@pytest.mark.slow
def test_every_form_of_a_report(home: Path) -> None:
    """HTML, Markdown, notebook, numbers, and the text of the PDF; what is stored keeps its names."""
    command = ["--home", str(home), "report", "--as-of", AS_OF, "--no-explain", "--pseudonyms"]
    done = CliRunner().invoke(sprint, command)
    assert done.exit_code == 0, done.output
    (page,) = home.glob("papermill_runs/*/*/report.html")
    folder = page.parent
    assert {file.name for file in folder.iterdir()} == {"report.html", "report.md", "report.ipynb", "analysis.json"}
    for file in folder.iterdir():
        assert told(file.read_text(encoding="utf-8").replace(str(home), ""), home) == [], file.name
    engine = open_store(load(home).database_url, read_only=True)
    with engine.connect() as connection:
        stored = str(connection.execute(select(schema.analysis.c.body)).scalars().all())
    engine.dispose()
    assert told(stored, home) != []
