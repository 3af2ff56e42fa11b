"""The explanation on a page and in Markdown: cited, marked where a model worded it, and harmless."""

from sprintlib import views
from sprintlib.analysis import Sentence
from sprintlib.analysis.model import Llm
from tests import samples


def explained(**changes: object) -> object:
    told = (
        Sentence(
            text="The model's own words.", kind="inference", evidence=(samples.cite(samples.API, 44),), by_model=True
        ),
        Sentence(text=f"Start {samples.API}#44 today.", kind="advice", evidence=(samples.cite(samples.API, 44),)),
    )
    return samples.milestone(
        **{"narrative": told, "llm": Llm(used=True, model="llama3.2:3b", dropped_claims=2)} | changes
    )


def test_sentences_cite_and_a_models_are_marked() -> None:
    milestone = explained()
    analysis = samples.analysis(milestone)
    shown = views.narrative(analysis, milestone)
    assert "* The model" in shown
    assert f'href="https://github.com/{samples.API}/issues/44"' in shown
    assert "written by llama3.2:3b and checked against what is stored; 2 that did not check out were dropped." in shown
    assert shown in views.first_screen(analysis, milestone)
    told = views.markdown_report(analysis, milestone)
    assert "## In thirty seconds" in told
    assert "- \\* The model's own words." in told


def test_nothing_is_shown_where_nobody_asked() -> None:
    milestone = samples.milestone()
    assert views.narrative(samples.analysis(milestone), milestone) == ""
    assert "thirty seconds" not in views.markdown_report(samples.analysis(milestone), milestone)


def test_without_a_model_it_says_why() -> None:
    milestone = explained(llm=Llm(missing="Ollama does not answer."))
    assert "No language model was used. Ollama does not answer." in views.narrative(
        samples.analysis(milestone), milestone
    )


def test_hostile_words_stay_text() -> None:
    bad = samples.hostile().risks[0].evidence
    told = Sentence(text=f"{samples.HOSTILE} {samples.HOSTILE_MARKDOWN}", kind="fact", evidence=bad, by_model=True)
    milestone = explained(narrative=(told,), llm=Llm(used=True, model=samples.HOSTILE))
    analysis = samples.analysis(milestone)
    shown = views.narrative(analysis, milestone)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:" not in shown.replace("javascript:alert(1)) `x`", "")
    assert "href" not in shown
    assert "](<" not in views.markdown_report(analysis, milestone).split("## What threatens it")[0]
