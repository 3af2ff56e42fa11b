"""Altair charts in notebooks: drawn by JupyterLab's own Vega, or as SVG elsewhere, and never by a script of a host."""

from typing import Any

from sprintlib.imports import import_without_uri_grammar

RENDERER = "sprintlib"
# JupyterLab draws Vega-Lite by this type; altair's own default names a newer one, or loads scripts from a host
_TYPE = "application/vnd.vegalite.v5+json"


def draw_charts_offline() -> None:
    """Have altair show charts without the network, unless the user has chosen a renderer of altair's already."""
    import_without_uri_grammar("altair")
    import altair as alt

    if alt.renderers.active == "default":
        alt.renderers.register(RENDERER, _bundle)
        alt.renderers.enable(RENDERER)


def _bundle(spec: dict[str, Any], **_metadata: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A chart for whoever shows it: data by MIME type, and how to draw it."""
    import vl_convert
    from altair.utils._importers import vl_version_for_vl_convert

    svg = vl_convert.vegalite_to_svg(_sized(spec), vl_version=vl_version_for_vl_convert())
    data = {_TYPE: spec, "image/svg+xml": svg, "text/plain": "(a chart)"}
    return data, {_TYPE: {"embed_options": {"renderer": "svg", "actions": False}}}


def _sized(spec: dict[str, Any]) -> dict[str, Any]:
    """With a width of its own: a picture has no container to fill."""
    return {**spec, "width": 640} if spec.get("width") == "container" else spec


__all__ = ["RENDERER", "draw_charts_offline"]
