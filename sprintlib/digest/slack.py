"""A digest as Slack's incoming webhooks take it: blocks, within their limits, and without a word that calls anybody."""

import re
from typing import Any

from sprintlib.digest.message import Digest, Link, Step, Verdict, beside, changes_line, next_line

MOST_BLOCKS = 50
MOST_IN_SECTION = 3_000  # characters
_MOST_IN_HEADER = 150
_MOST_IN_TEXT = 1_000
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # what Slack's documents say to escape: no <!channel>, no <@U1>
_FORMAT = re.compile(r"([*_~`@#])")
_FRAME = 6  # blocks beside those of milestones: header, two headings, steps, next, problems


def slack_message(digest: Digest) -> dict[str, Any]:
    """The body of the request: `text` for notifications, `blocks` for reading."""
    shown = digest.shortened(MOST_BLOCKS - _FRAME)
    blocks = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _cut(_title(digest), _MOST_IN_HEADER), "emoji": False},
        }
    ]
    blocks += [_section(_verdict(shown, one)) for one in shown.verdicts]
    if not shown.verdicts:
        blocks.append(_section("No milestone is open."))
    if shown.ended:
        blocks.append(_section(f"No longer open: {', '.join(text(title) for title in shown.ended)}."))
    if shown.steps:
        blocks.append({"type": "divider"})
        steps = (f"{place}. {_step(shown, step)}" for place, step in enumerate(shown.steps, start=1))
        blocks.append(_section("\n".join(["*First things to do*", *(_whole(step, 900) for step in steps)])))
    if shown.next_step:
        blocks.append(_section(f"*Next:* {text(next_line(shown.next_step))}"))
    notes = [*(text(one) for one in shown.problems), *([_link(Link("The pages", shown.pages))] if shown.pages else [])]
    if notes:
        blocks.append(_section("\n".join(notes)))
    return {
        "text": text(_cut(digest.subject, _MOST_IN_TEXT)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def text(value: str) -> str:
    """Words that Slack shows as they are: no mention, no channel, no link, no emphasis."""
    escaped = "".join(_SPECIAL.get(char, char) for char in value)
    return _FORMAT.sub("\\1\u200b", escaped).replace("://", ":\u200b//")


def _title(digest: Digest) -> str:
    return f"{digest.project}, {digest.day:%a} {digest.day.day} {digest.day:%b}"


def _link(link: Link) -> str:
    address = link.url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace("&", "&amp;")
    return f"<{address}|{text(link.name).replace('|', '¦')}>"


def _verdict(digest: Digest, one: Verdict) -> str:
    title = _link(Link(_cut(one.title, 200), one.url)) if one.url else text(_cut(one.title, 200))
    lines = [f"*{title}: {text(one.figure)}* {text(one.words)}", text(one.because)]
    changed = changes_line(digest, one)
    return "\n".join([*lines, *([text(changed)] if changed else [])])


def _step(digest: Digest, step: Step) -> str:
    more = beside(step, len(digest.verdicts))
    links = ", ".join(_link(link) for link in step.links)
    return text(step.action) + (f" ({text(more)})" if more else "") + (f" {links}" if links else "")


def _section(said: str) -> dict[str, Any]:
    # verbatim: Slack itself makes no links and mentions of what looks like one
    return {"type": "section", "text": {"type": "mrkdwn", "text": _whole(said, MOST_IN_SECTION), "verbatim": True}}


def _whole(said: str, most: int) -> str:
    """Cut where it is too long, but not within a link or an escaped sign."""
    if len(said) <= most:
        return said
    kept = said[: most - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        if kept.rfind(opening) > kept.rfind(closing):
            kept = kept[: kept.rfind(opening)]
    return f"{kept}…"


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1]}…"
