"""Sphinx builds these pages into a site that opens from disk: `make docs`, then docs/_build/html/index.html."""

import importlib
import inspect
from typing import ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

project = "sprintlib"
author = "the sprintlib authors"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "README.md", "img", "schema"]  # index.md includes README.md, which is for GitHub

html_theme = "furo"
html_title = "Sprint intelligence"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses for a site opened from disk
smartquotes = False  # an option such as --as-of keeps its two hyphens

myst_heading_anchors = 3  # links such as risks.md#scope-creep work here as on GitHub
default_role = "code"  # `name` in a docstring
autodoc_typehints = "signature"
autodoc_member_order = "bysource"


class PublicNames(SphinxDirective):
    """`.. public-names:: module` documents whatever the module's `__all__` lists, from its docstrings."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """One entry a name, in the order of `__all__`; a sentence where there is none."""
        module = importlib.import_module(self.arguments[0])
        names = [name for name in getattr(module, "__all__", ()) if not name.startswith("__")]
        if not names:
            return [nodes.paragraph(text="This version has no public names yet.")]
        lines = [line for name in names for line in (*_entry(module.__name__, name, getattr(module, name)), "")]
        entries = nodes.container()
        self.state.nested_parse(StringList(lines, source=self.arguments[0]), self.content_offset, entries)
        return entries.children


def _entry(module: str, name: str, value: object) -> tuple[str, ...]:
    """The autodoc directive that documents a public name."""
    if inspect.isclass(value):
        return f".. autoclass:: {module}.{name}", "   :members:"
    if inspect.ismodule(value):
        return f".. automodule:: {value.__name__}", "   :members:"
    return (f".. auto{'function' if callable(value) else 'data'}:: {module}.{name}",)


def list_folder(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the pages of a folder below its README in the navigation; on GitHub the folder itself lists them."""
    if page.endswith("/README"):
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_directive("public-names", PublicNames)
    app.connect("source-read", list_folder)
