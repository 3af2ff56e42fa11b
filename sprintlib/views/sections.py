"""Sections of a report that read the same as HTML and as Markdown: sentences with their citations, and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sprintlib.evidence import Evidence
from sprintlib.views.markdown import cites, grid, plain
from sprintlib.views.templating import render


@dataclass(frozen=True)
class Line:
    """One sentence, plain text, and what it rests on."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and a table below them: head and rows are plain text. numeric: columns of numbers."""

    title: str
    lines: tuple[Line, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()


def sections_html(title: str, subtitle: str, sections: Sequence[Section], repositories: frozenset[str]) -> Markup:
    """All of them under one title. title: "" leaves out the heading of the page."""
    return render("sections.html", title=title, subtitle=subtitle, sections=sections, known=repositories)


def sections_markdown(title: str, subtitle: str, sections: Sequence[Section], repositories: frozenset[str]) -> str:
    """The same as Markdown."""
    blocks = [f"# {plain(title)}", plain(subtitle)] if title else []
    for section in sections:
        blocks.append(f"## {plain(section.title)}")
        lines = [f"- {plain(line.text)}{cites(line.evidence, repositories)}" for line in section.lines]
        blocks += ["\n".join(lines)] if lines else []
        blocks += [grid(section.head, section.rows)] if section.rows else []
    return "\n\n".join(blocks) + "\n"
