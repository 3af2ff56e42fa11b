"""From an executed notebook to its frozen copies: HTML, Markdown and the numbers."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from pydantic import ValidationError

from sprintlib import views
from sprintlib.analysis.memory import Memory
from sprintlib.analysis.model import Analysis
from sprintlib.errors import ReportError
from sprintlib.imports import import_without_uri_grammar
from sprintlib.reports.page import MARKDOWN_TYPE, MEMORY_TYPE, MIME_TYPE


def freeze(report: Path) -> None:
    """Write report.html, report.md and analysis.json beside `report` (report.ipynb). Raises ReportError.

    The HTML holds what the cells displayed, so a cell added to the notebook shows there too; inputs are hidden, and so
    are cells with the tag `remove-cell`.
    """
    notebook = nbformat.read(report, as_version=4)
    analysis = numbers(notebook)
    milestone = analysis.milestones[0] if analysis.milestones else None
    about = f"{milestone.title} · {analysis.project}" if milestone else analysis.project
    title = f"{about} · {analysis.as_of:%Y-%m-%d}"
    report.with_name("analysis.json").write_text(analysis.model_dump_json(indent=2) + "\n", encoding="utf-8")
    markdown = _markdown(notebook) or views.markdown_report(analysis, milestone, memory(notebook))
    report.with_name("report.md").write_text(markdown, encoding="utf-8")
    report.with_name("report.html").write_text(views.document(title, _body(notebook)), encoding="utf-8")


def numbers(notebook: Any) -> Analysis:
    """The analysis that an executed notebook displayed first. Raises ReportError without it."""
    for data in _displayed(notebook, MIME_TYPE):
        try:
            return Analysis.model_validate_json(json.dumps(data))
        except ValidationError as error:
            raise ReportError(f"The notebook displayed numbers of another version: {error}.") from error
    raise ReportError("The notebook did not display its first screen: keep the cell that calls page.first_screen().")


def memory(notebook: Any) -> Memory:
    """What an executed notebook displayed of earlier moments; nothing where it showed none of it."""
    for data in _displayed(notebook, MEMORY_TYPE):
        with suppress(ValidationError):  # of another version
            return Memory.model_validate_json(json.dumps(data))
    return Memory()


def _markdown(notebook: Any) -> str:
    """What the cells say in Markdown, one after the other; "" where they say nothing of their own."""
    return "\n".join(data["text"] for data in _displayed(notebook, MARKDOWN_TYPE))


def _displayed(notebook: Any, kind: str) -> Iterator[Any]:
    """The data of one type in the outputs of the cells."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get(kind)
            if data is not None:
                yield data


def _body(notebook: Any) -> str:
    """The outputs of the cells, and their Markdown, as nbconvert renders them; without its style and scripts."""
    import_without_uri_grammar("nbconvert.exporters.html")
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor

    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_input_prompt=True)
    exporter.exclude_output_prompt = True
    # what a notebook says about itself is for who steps through it
    exporter.register_preprocessor(TagRemovePreprocessor(enabled=True, remove_cell_tags={"remove-cell"}), enabled=True)
    exporter.embed_images = True
    for name in ("require_js_url", "mathjax_url", "jquery_url", "mermaid_js_url", "mermaid_layout_elk_js_url"):
        setattr(exporter, name, "")
    body, _resources = exporter.from_notebook_node(notebook)
    return str(body)
