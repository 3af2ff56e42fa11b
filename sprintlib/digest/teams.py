"""A digest as a Teams workflow takes it: an Adaptive Card of text runs, in which no text is read as markup."""

import json
from typing import Any

from sprintlib.digest.message import Digest, Link, Step, Verdict, beside, changes_line, next_line

MOST_BYTES = 28 * 1024
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_MOST_IN_RUN = 600  # characters
Run = dict[str, Any]


def teams_message(digest: Digest) -> dict[str, Any]:
    """The body of the request: as many milestones as fit."""
    for shown in range(len(digest.verdicts), -1, -1):
        message = _message(digest.shortened(shown))
        if size(message) <= MOST_BYTES:
            return message
    return _message(digest.shortened(0), steps=False)


def size(message: dict[str, Any]) -> int:
    """In bytes, as it is sent."""
    return len(json.dumps(message, ensure_ascii=False).encode(errors="replace"))


def _message(digest: Digest, steps: bool = True) -> dict[str, Any]:
    card = {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [block for block in _blocks(digest, steps) if block],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _blocks(digest: Digest, steps: bool) -> list[dict[str, Any]]:
    title = f"{digest.project}, {digest.day:%a} {digest.day.day} {digest.day:%b}"
    blocks = [_block(_run(title, weight="Bolder", size="Large"))]
    blocks += [_verdict(digest, one) for one in digest.verdicts]
    if not digest.verdicts:
        blocks.append(_block(_run("No milestone is open.")))
    if digest.ended:
        blocks.append(_block(_run(f"No longer open: {', '.join(digest.ended[:20])}.")))
    if digest.steps and steps:
        blocks.append(_block(_run("First things to do", weight="Bolder")))
        blocks += [_step(digest, place, step) for place, step in enumerate(digest.steps, start=1)]
    if digest.next_step:
        blocks.append(_block(_run("Next: ", weight="Bolder"), _run(next_line(digest.next_step))))
    blocks += [_block(_run(one)) for one in digest.problems]
    blocks += [_block(_link(Link("The pages", digest.pages)))] if digest.pages else []
    return blocks


def _verdict(digest: Digest, one: Verdict) -> dict[str, Any]:
    title = _link(Link(one.title, one.url), weight="Bolder") if one.url else _run(one.title, weight="Bolder")
    changed = changes_line(digest, one)
    lines = [title, _run(f": {one.figure} ", weight="Bolder"), _run(one.words), _run(f"\n{one.because}", isSubtle=True)]
    return _block(*lines, *([_run(f"\n{changed}")] if changed else []))


def _step(digest: Digest, place: int, step: Step) -> dict[str, Any]:
    more = beside(step, len(digest.verdicts))
    runs = [_run(f"{place}. {step.action}{f' ({more})' if more else ''} ")]
    for link in step.links:
        runs += [_link(link), _run(" ")]
    return _block(*runs)


def _block(*runs: Run) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: Any) -> Run:
    """Text that is shown as it is: a text run knows no markup, and a mention would need an entity of its own."""
    return {"type": "TextRun", "text": text if len(text) <= _MOST_IN_RUN else f"{text[: _MOST_IN_RUN - 1]}…", **style}


def _link(link: Link, **style: Any) -> Run:
    return _run(link.name, **style) | {"selectAction": {"type": "Action.OpenUrl", "url": link.url}}
