"""Text: size and structure of descriptions, and the language of doubt and waiting."""

import re

import polars as pl

from sprintlib.features.metric import Metric, share
from sprintlib.features.view import MilestoneView
from sprintlib.text import prose

FAMILY = "text"
_WINDOW = "open items of the milestone"

_CRITERIA = re.compile(r"^\s*[-*] \[[ xX]\]|acceptance criteria|definition of done|steps to reproduce", re.I | re.M)
_BLOCKED = re.compile(r"\b(?:blocked (?:by|on)|waiting (?:for|on)|depends on|cannot (?:start|continue) until)\b", re.I)
_UNBLOCKED = re.compile(r"\b(?:no longer blocked|unblocked|not blocked)\b", re.I)
_UNCERTAIN = re.compile(
    r"\b(?:not sure|unclear|tbd|to be (?:decided|discussed|defined)"
    r"|needs? (?:more )?(?:investigation|research|a spike)|no idea"
    r"|unknown (?:scope|cause)|maybe we (?:should|could)|open question)\b|\?\?",
    re.I,
)


def description_length(view: MilestoneView) -> Metric:
    """Words in the descriptions of open items: the median.

    Page: docs/metrics/description_length.md.
    """
    lengths = sorted((len(body.split()), ref) for ref, body in _bodies(view))
    if not lengths:
        return Metric(FAMILY, "description_length", None, "words", 0, _WINDOW, reason="no open items")
    middle = (lengths[(len(lengths) - 1) // 2][0] + lengths[len(lengths) // 2][0]) / 2
    shortest = tuple(ref for _, ref in lengths[:5])
    return Metric(FAMILY, "description_length", middle, "words", len(lengths), _WINDOW, evidence=shortest)


def without_description(view: MilestoneView) -> Metric:
    """Share of open items whose description is empty or under five words.

    Page: docs/metrics/without_description.md.
    """
    bodies = _bodies(view)
    bare = [ref for ref, body in bodies if len(body.split()) < 5]
    return share(FAMILY, "without_description", len(bare), len(bodies), _WINDOW, bare)


def acceptance_criteria(view: MilestoneView) -> Metric:
    """Share of open issues with a checklist, acceptance criteria or steps to reproduce.

    Page: docs/metrics/acceptance_criteria.md.
    """
    issues = view.open_items.filter(pl.col("kind") == "issue").sort("ref")
    missing = [ref for ref, body in issues.select("ref", "body").rows() if not _CRITERIA.search(body or "")]
    return share(FAMILY, "acceptance_criteria", len(issues) - len(missing), len(issues), "open issues", missing)


def uncertain_language(view: MilestoneView) -> Metric:
    """Share of open items whose title or description voices doubt about what to do.

    Page: docs/metrics/uncertain_language.md.
    """
    bodies = _bodies(view, titles=True)
    doubtful = [ref for ref, body in bodies if _UNCERTAIN.search(body)]
    return share(FAMILY, "uncertain_language", len(doubtful), len(bodies), _WINDOW, doubtful)


def blocked_language(view: MilestoneView) -> Metric:
    """Share of open items that say they wait for something, in words.

    Page: docs/metrics/blocked_language.md.
    """
    bodies = _bodies(view, titles=True)
    waiting = [ref for ref, body in bodies if _BLOCKED.search(body) and not _UNBLOCKED.search(body)]
    return share(FAMILY, "blocked_language", len(waiting), len(bodies), _WINDOW, waiting)


FEATURES = (description_length, without_description, acceptance_criteria, uncertain_language, blocked_language)


def _bodies(view: MilestoneView, titles: bool = False) -> list[tuple[str, str]]:
    """(ref, text) of open items without code, quotes and HTML comments."""
    rows: list[tuple[str, str | None, str | None]] = view.open_items.sort("ref").select("ref", "title", "body").rows()
    return [(ref, prose(f"{title or ''}\n{body or ''}" if titles else body or "")) for ref, title, body in rows]
