import json
import re

from sprintlib import views
from sprintlib.views import vega
from tests import samples


class Chart:
    def __init__(self, spec):
        self.spec = spec

    def to_dict(self):
        return self.spec


def test_the_script_is_kept_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(vega, "_build_bundle", lambda: "built()")
    assert views.vega_preamble(tmp_path / "cache") == "<script>(function(){built()})();</script>"
    (kept,) = (tmp_path / "cache").iterdir()
    assert kept.name.startswith("vega-")
    kept.write_text("kept()")
    assert views.vega_preamble(tmp_path / "cache") == "<script>(function(){kept()})();</script>"


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    monkeypatch.setattr(vega, "_build_bundle", lambda: "built()")
    (tmp_path / "file").write_text("in the way")
    assert "built()" in views.vega_preamble(tmp_path / "file" / "cache")


def test_the_real_script_defines_the_embedder_and_cannot_end_itself(tmp_path):
    script = views.vega_preamble(tmp_path)
    assert "window.vegaEmbed=" in script
    assert script.lower().count("</script") == 1


def test_text_in_a_chart_cannot_end_its_script():
    html = views.chart_html(Chart({"title": "</script><script>window.pwned=1</script><!--"}), 'say "hi"')
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html).group(1)
    assert "<" not in data
    assert json.loads(data)["title"] == "</script><script>window.pwned=1</script><!--"
    assert 'aria-label="say &#34;hi&#34;"' in html


def test_the_same_chart_gives_the_same_html():
    milestone = samples.milestone()
    analysis = samples.analysis(milestone)
    assert views.burn_up_figure(analysis, milestone) == views.burn_up_figure(analysis, milestone)
