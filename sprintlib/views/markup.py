"""Text that nobody vouches for: what of it may be seen, and where a link may lead. Templates escape the rest."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sprintlib.analysis.model import Analysis
from sprintlib.evidence import Evidence

# Characters that a page obeys instead of showing them: controls, and what turns the direction of writing.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_REF = re.compile(r"(?<![\w./-])[\w.-]+/[\w.-]+#\d+\b")
_OWNED = re.compile(r"(?P<repo>[\w.-]+/(?P<name>[\w.-]+))(?![\w./-])")


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


def short(ref: str, repositories: frozenset[str]) -> str:
    """`owner/name#12` as `name#12`: the owner of a known repository says nothing, unless two have one of that name."""
    owned = _OWNED.match(ref)
    if not owned or owned["repo"].lower() not in repositories:
        return ref
    twins = [repo for repo in repositories if repo.endswith(f"/{owned['name'].lower()}")]
    return ref[owned.start("name") :] if len(twins) == 1 else ref


def sentence_pieces(
    statement: str, evidence: Iterable[Evidence], repositories: frozenset[str]
) -> Iterator[tuple[str, str, str | None]]:
    """A sentence as (text, whole reference, address): items go by short names, and cited ones have an address.

    Plain text; the reference is "" between items, the address None where there is nothing safe to link to.
    """
    urls = {item.ref: safe_url(item, repositories) for item in evidence}
    position = 0
    for match in _REF.finditer(statement):
        ref = match.group()
        yield statement[position : match.start()], "", None
        yield short(ref, repositories), ref, urls.get(ref)
        position = match.end()
    yield statement[position:], "", None


def unmentioned(evidence: Iterable[Evidence], statement: str) -> list[Evidence]:
    """Citations without those that a sentence names already."""
    mentioned = set(_REF.findall(statement))
    return [item for item in evidence if item.ref not in mentioned]
