"""Charts in notebooks ask no other host for anything."""

import altair as alt
import pytest

from sprintlib.views import draw_charts_offline


@pytest.fixture(autouse=True)
def renderer_as_it_was():
    before = alt.renderers.active
    yield
    alt.renderers.enable(before)


def chart() -> alt.Chart:
    data = alt.InlineData(values=[{"x": 1, "y": 2}])
    return alt.Chart(data).mark_point().encode(x="x:Q", y="y:Q").properties(width="container")


def test_jupyterlab_gets_a_type_that_it_draws_and_others_a_picture() -> None:
    alt.renderers.enable("default")
    draw_charts_offline()
    data, how = chart()._repr_mimebundle_()
    assert set(data) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
    assert data["application/vnd.vegalite.v5+json"]["mark"]["type"] == "point"
    assert data["image/svg+xml"].startswith("<svg")
    assert 640 <= float(data["image/svg+xml"].partition('width="')[2].partition('"')[0]) < 760
    assert "http" not in data["image/svg+xml"].replace("http://www.w3.org/", "")
    assert how["application/vnd.vegalite.v5+json"]["embed_options"] == {"renderer": "svg", "actions": False}


def test_the_renderer_that_the_user_chose_stays() -> None:
    alt.renderers.enable("json")
    draw_charts_offline()
    assert alt.renderers.active == "json"
