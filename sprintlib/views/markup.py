"""HTML from text that nobody vouches for: everything is escaped, links lead only to places we know."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from sprintlib.analysis.model import Analysis
from sprintlib.evidence import Evidence

# Characters that a page obeys instead of showing them: controls, and what turns the direction of writing.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_REF = re.compile(r"(?<![\w./-])[\w.-]+/[\w.-]+#\d+\b")
_OWNED = re.compile(r"(?P<repo>[\w.-]+/(?P<name>[\w.-]+))(?![\w./-])")


def text(value: object) -> str:
    """Escaped for element content and for double-quoted attributes, without what would turn or hide its neighbours."""
    return escape(seen(value), quote=True)


def full_title(title: str) -> str:
    """A title of GitHub: in its own direction of writing, and whole on hover where the style cuts it short."""
    return f'<bdi title="{text(title)}">{text(title)}</bdi>'


def seen(value: object) -> str:
    """Without control characters and those that turn the direction of writing."""
    return _OBEYED.sub("", str(value))


def known_repositories(analysis: Analysis) -> frozenset[str]:
    """Lower-case `owner/name` of every repository of the project."""
    named = set(analysis.freshness)
    for milestone in analysis.milestones:
        named.update(milestone.repos)
    return frozenset(name.lower() for name in named)


def safe_url(evidence: Evidence, repositories: frozenset[str]) -> str | None:
    """The URL of a citation, if it is http(s) and leads into a known repository; playbook sources must be https."""
    return web_url(evidence.url, None if evidence.kind == "playbook" else repositories)


def web_url(url: str, repositories: frozenset[str] | None) -> str | None:
    """`url` if it is safe to link to. repositories: where it must lead; None for any https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or re.search(r"\s", url):
        return None
    if repositories is None:
        return url if parts.scheme == "https" else None
    owner_and_name = "/".join(parts.path.lower().split("/")[1:3])
    return url if owner_and_name in repositories else None


def link(url: str | None, label: str, title: str = "") -> str:
    """A link, or the escaped label alone where there is no safe address."""
    if url is None:
        return f"<span>{text(label)}</span>"
    hover = f' title="{text(title)}"' if title else ""
    return f'<a href="{text(url)}" rel="noopener noreferrer"{hover}>{text(label)}</a>'


def short(ref: str, repositories: frozenset[str]) -> str:
    """`owner/name#12` as `name#12`: the owner of a known repository says nothing, unless two have one of that name."""
    owned = _OWNED.match(ref)
    if not owned or owned["repo"].lower() not in repositories:
        return ref
    twins = [repo for repo in repositories if repo.endswith(f"/{owned['name'].lower()}")]
    return ref[owned.start("name") :] if len(twins) == 1 else ref


def cite(evidence: Evidence, repositories: frozenset[str]) -> str:
    """One citation as a link with a short label; its whole name and its note show on hover and to screen readers."""
    label = short(evidence.ref, repositories)
    if evidence.kind == "playbook":
        label = f"playbook {evidence.ref}"
    return link(safe_url(evidence, repositories), label, ": ".join(filter(None, (evidence.ref, evidence.note))))


def sentence(statement: str, evidence: Iterable[Evidence], repositories: frozenset[str]) -> str:
    """A plain-text sentence; items of known repositories go by their short names, and cited ones become links."""
    urls = {item.ref: safe_url(item, repositories) for item in evidence}
    pieces, position = [], 0
    for match in _REF.finditer(statement):
        ref = match.group()
        url, label = urls.get(ref), short(ref, repositories)
        pieces += [text(statement[position : match.start()]), link(url, label, ref) if url else text(label)]
        position = match.end()
    return "".join([*pieces, text(statement[position:])])


def citations(evidence: Iterable[Evidence], repositories: frozenset[str], but_not: str = "") -> str:
    """Citations in one line, without those that the sentence `but_not` mentions already; "" if there are none."""
    mentioned = set(_REF.findall(but_not))
    shown = [cite(item, repositories) for item in evidence if item.ref not in mentioned]
    return " · ".join(shown)


def table(
    caption: str, head: Iterable[str], rows: Iterable[Iterable[str]], numeric: frozenset[int] = frozenset()
) -> str:
    """A data table. The first cell of a row is its header. Cells are HTML; caption and head are plain text.

    numeric: positions of columns that are aligned as numbers.
    """

    def css(position: int) -> str:
        return ' class="number"' if position in numeric else ""

    header = "".join(f'<th scope="col"{css(i)}>{text(name)}</th>' for i, name in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{cell}</th>' if i == 0 else f"<td{css(i)}>{cell}</td>" for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>"
    )
