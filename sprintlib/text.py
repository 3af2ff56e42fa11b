"""What somebody says in a text: without code, quotations and HTML comments, which are not their words."""

import re

_NOT_PROSE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|^(?P<fence>[ \t]{0,3}(?:`{3,}|~{3,})).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|^[ \t]{0,3}>.*?$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)


def prose(text: str) -> str:
    """GitHub-flavoured Markdown as plain words: each part that is not prose becomes a space."""
    return _NOT_PROSE.sub(" ", text.replace("\r\n", "\n"))
