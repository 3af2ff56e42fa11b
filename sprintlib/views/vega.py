"""Altair charts in pages that never reach for the network: one script with Vega per document, then small embeds."""

import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sprintlib.views.templating import render

_SNIPPET = "window.vega=vega;window.vegaLite=vegaLite;window.vegaEmbed=vegaEmbed;"
# waits for the preamble and for its place; the dashboards, which allow no inline script, draw from a file of theirs
_DRAW = """(function(id){var tries=200;(function draw(){
var spec=document.querySelector('script[data-spec="'+id+'"]');
var places=document.querySelectorAll('[data-chart="'+id+'"]:not([data-drawn])');
if(!window.vegaEmbed||!spec||!places.length){if(tries--)setTimeout(draw,50);return;}
places.forEach(function(place){place.setAttribute('data-drawn','');
window.vegaEmbed(place,JSON.parse(spec.textContent),{renderer:'svg',actions:false})
.catch(function(error){place.textContent='The chart could not be drawn: '+error.message;});});})();})"""


def vega_preamble(cache: Path | None = None) -> Markup:
    """A `<script>` with Vega, Vega-Lite and Vega-Embed (0.9 MB); once per document, before its charts.

    cache: folder where the script is kept between processes, because putting it together takes over a second.
    """
    return Markup(f"<script>(function(){{{_bundle(cache)}}})();</script>")  # noqa: S704  # nosec B704 # no text of a project in it


def chart_html(chart: Any, description: str) -> Markup:
    """An Altair chart as HTML that draws itself once the preamble is there.

    description: what a reader sees who cannot see the chart, or where no script runs; plain text.
    """
    spec = json.dumps(chart.to_dict(), separators=(",", ":"), ensure_ascii=False)
    spec = spec.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    name = hashlib.sha256(spec.encode()).hexdigest()[:16]
    safe_spec, draw = Markup(spec), Markup(_DRAW)  # noqa: S704  # nosec B704 # JSON in which no element can begin or end
    return render("chart.html", description=description, name=name, spec=safe_spec, draw=draw)


def _bundle(cache: Path | None) -> str:
    if cache is None:
        return _build_bundle()
    path = cache / f"vega-{version('altair')}-{version('vl-convert-python')}.js"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        bundle = _build_bundle()
        _keep(path, bundle)
        return bundle


def _build_bundle() -> str:
    import vl_convert
    from altair.utils._importers import vl_version_for_vl_convert

    bundle: str = vl_convert.javascript_bundle(_SNIPPET, vl_version=vl_version_for_vl_convert())
    if "</script" in bundle.lower():
        raise ValueError("the Vega bundle would end its own script element")
    return bundle


def _keep(path: Path, bundle: str) -> None:
    """Write the cache in one step; a folder that cannot be written only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as partial:
            partial.write(bundle)
        Path(partial.name).replace(path)
    except OSError:
        return
