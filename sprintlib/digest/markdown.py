"""A digest as Markdown: for a file, a job summary, and a comment below an issue, where a name must not call anybody."""

import re

from sprintlib.digest.message import Digest, Link, Step, Verdict, beside, changes_line, next_line
from sprintlib.views.markdown import plain

MOST_IN_COMMENT = 65_536  # characters that GitHub takes
MOST_IN_SUMMARY = 1024 * 1024  # bytes of all steps of a job together
MARK = "<!-- sprint digest -->"
# GitHub tells an item that it was mentioned, by number or by address, unless the address is this one
_MENTION = re.compile(r"(?<=[#!])(?=\d)|(?<=\bGH-)(?=\d)", re.IGNORECASE)
_QUIET = ("https://github.com/", "https://redirect.github.com/")


def as_markdown(digest: Digest, in_comment: bool = False) -> str:
    """All of it. in_comment: such that nobody and no other item is told of it."""
    said = _Quiet() if in_comment else _Plain()
    blocks = [f"# {said.text(digest.project)}, {digest.day:%a} {digest.day.day} {digest.day:%b %Y}"]
    blocks += [_verdict(digest, one, said) for one in digest.verdicts]
    if not digest.verdicts:
        blocks.append("No milestone is open.")
    if digest.ended:
        blocks.append(f"No longer open: {', '.join(said.text(title) for title in digest.ended)}.")
    if digest.steps:
        blocks += ["## First things to do", _steps(digest, said)]
    if digest.next_step:
        blocks.append(f"**Next:** {said.text(next_line(digest.next_step))}")
    blocks += ["\n".join(f"- {said.text(one)}" for one in digest.problems)] if digest.problems else []
    blocks += [f"[The pages](<{digest.pages}>)"] if digest.pages else []
    return "\n\n".join(blocks) + "\n"


def comment(digest: Digest) -> str:
    """The body of a comment below an issue, within GitHub's limit, with the mark that names it as ours."""
    for shown in range(len(digest.verdicts), -1, -1):
        body = f"{MARK}\n{as_markdown(digest.shortened(shown), in_comment=True)}"
        if len(body) <= MOST_IN_COMMENT:
            return body
    return f"{MARK}\nThis digest is too long for a comment: run 'sprint digest' to read it.\n"


class _Plain:
    """How texts and links are written."""

    def text(self, value: str) -> str:
        return plain(value)

    def link(self, link: Link) -> str:
        return f"[{self.text(link.name)}](<{_address(link.url)}>)"


class _Quiet(_Plain):
    """The same where GitHub reads along: numbers and addresses that lead to items tell them nothing."""

    def text(self, value: str) -> str:
        return _MENTION.sub("\u200b", plain(value))

    def link(self, link: Link) -> str:
        return super().link(
            Link(link.name, link.url.replace(*_QUIET, 1) if link.url.startswith(_QUIET[0]) else link.url)
        )


def _address(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E").replace("\n", "")


def _verdict(digest: Digest, one: Verdict, said: _Plain) -> str:
    title = said.link(Link(one.title, one.url)) if one.url else said.text(one.title)
    lines = [f"**{title}: {said.text(one.figure)}** {said.text(one.words)}", said.text(one.because)]
    changed = changes_line(digest, one)
    return "  \n".join([*lines, *([f"*{said.text(changed)}*"] if changed else [])])


def _steps(digest: Digest, said: _Plain) -> str:
    return "\n".join(f"{place}. {_step(digest, step, said)}" for place, step in enumerate(digest.steps, start=1))


def _step(digest: Digest, step: Step, said: _Plain) -> str:
    more = beside(step, len(digest.verdicts))
    links = ", ".join(said.link(link) for link in step.links)
    return said.text(step.action) + (f" ({said.text(more)})" if more else "") + (f" {links}" if links else "")
