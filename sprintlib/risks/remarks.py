"""What a comment on a pull request says: that it is fine, that something is to be done, or neither, and to whom.

Words of English and of code review (`LGTM`, `ACK`, `utACK 1a2b3c4`, `+1`). What is not understood asks the author.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Stance = Literal["approval", "support", "objection", "offer", "courtesy", "question"]

# Quotations and code are what somebody else said.
_NOT_SAID = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|<!--.*?(?:-->|\Z)|<details>.*?(?:</details>|\Z)"
    r"|-----BEGIN PGP.*?(?:-----END[^\n]*|\Z)"
    r"|`[^`\n]*`|!?\[([^\]\n]*)\]\([^)\s]*\)|https?://\S+|^[ \t]*>[^\n]*$",
    re.S | re.M,
)
_MENTION = re.compile(r"(?<![\w/.`@])@([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?![\w/]|\.\w)")
_APPROVAL = re.compile(
    r"(?<!\bnot )(?<!\bno )(?<!\bn't )(?<!\byour )(?<!\bthe )(?<!\bfor )(?<!\ban )"
    r"\b(?:re-?)?(?:t|ut|cr|code[ -]?review[ -]?|tested[ -]|untested[ -])?-?ACK\b"
    r"|\b(?:s?lgtm|looks? (?:very |really |quite |pretty |all )?(?:good|great|fine|ok|okay)(?: to me)?|ship it"
    r"|approved?\b(?! of)|r\+|r=me|good to (?:go|merge)|ready (?:for|to) (?:be )?merged?|happy to merge"
    r"|fine (?:by|with) me|i(?:'m| am) (?:happy|fine|ok) with|verified change"
    r"|no (?:further|more|other) (?:comments|objections|concerns)"
    r")\b"
    r"|(?:^|\s):shipit:|^\s*(?:\+1|:\+1:|👍|✅|🚀|:rocket:)",
    re.I | re.M,
)
_ACK = re.compile(r"\b(?:re-?)?(?:t|ut|cr)?ACK\b")
_SUPPORT = re.compile(r"\b(?:(?:concept|approach|design|idea)[ -]ack|concept \+1|~0)\b", re.I)
_OBJECTION = re.compile(r"\b(?:(?:concept|approach)[ -])?nack\b|(?:^|\s)(?:-1|:-1:|👎)(?=\s|$|[,.!])", re.I)
_CONDITION = re.compile(
    r"\b(?:lgtm|looks good|n?ack|approved?|good to (?:go|merge)|ready (?:to|for) merge|happy to merge)\b[^.\n]{0,40}"
    r"\b(?:once|after|if|when|unless|except|modulo|mod|pending|but|provided|apart from|aside from|as soon as|until)\b"
    r"|\b(?:not|never|n't|doesn't|don't)\b[^.\n]{0,20}\b(?:looks?|good|fine|approved?|ok)\b"
    r"|\b(?:once|after|when|if|as soon as|until|would|can|could|not|n't|before)\b[^.\n]{0,40}"
    r"\b(?:ack|lgtm|approve|merge)\b",
    re.I,
)
_TO_DO = re.compile(
    r"\?|\b(?:please|pls|plz|could|can|would|should|shouldn't|needs?|nit(?:s|pick)?|instead|consider|suggest\w*"
    r"|prefer|rebase|squash|missing|wrong|typo|fails?|failing|failed|conflicts?|broken|must|have to|ought|fix(?:ed)?"
    r"|why|not sure|unclear|wonder\w*|however|but|doesn't|don't|won't|isn't|change|remove|rename|add|use|update|todo"
    r"|unfortunately|concern\w*)\b",
    re.I,
)
_ASKS_TOO = re.compile(r"\?|\b(?:please|should|needs?|instead|rebase|however)\b", re.I)
_OFFER = re.compile(
    r"\bi(?:'ll| will| shall| plan to| intend to| want to| hope to|'m going to| am going to| should be able to)"
    r"(?: (?:also|try to|have to|do|give))*"
    r" (?:(?:re-?)?review|take (?:a|another) (?:closer |deeper |second )?look|have (?:a|another) (?:closer )?look"
    r"|look (?:at|into|over)|test|merge|(?:re-?)?ack|get to)\b"
    r"|\b(?:reviewing|looking at|testing) (?:this|it) (?:now|soon|today|tomorrow)\b"
    r"|\b(?:will review|started reviewing|review coming|on my (?:list|queue|todo))\b",
    re.I,
)
_COURTESY = re.compile(
    r"\b(?:thanks?|thank you|thx|ty|cheers|nice|great|awesome|cool|good (?:catch|find|point|idea|job|work)|well done"
    r"|congrat\w*|welcome|done|makes sense|agreed?|sounds good|sgtm|yes|yep|yup|right|indeed|sure|ok(?:ay)?|ah|oh"
    r"|never ?mind)\b|[🎉🙏❤😄🙂👏😊]|:tada:|:heart:",
    re.I,
)
_CALLS = re.compile(r"^\s*(?:hi |hey |hello |dear )?@|\b(?:ping\w*|cc|bump\w*|nudge|over to|your turn)\b", re.I)
_PROMISE = re.compile(
    r"\b(?:i(?:'ll| will| still need to| need to| have to| should| plan to| intend to|'m going to| am going to)"
    r" (?:\w+ ){0,2}(?:update|rework|re-?work|fix|rebase|address|add|change|push|do|split|squash|remove|rewrite|work"
    r"|write|construct|try|look|get|clean|make|implement)"
    r"|will (?:do|fix|update|rebase|address|add|push|review|check|test)|working on (?:it|this|that)"
    r"|still (?:wip|todo|working)"
    r"|sure, (?:we|i) can|to ?do:)",
    re.I,
)
_LONGEST = 5_000  # of which the rest says the same
_SHORT = 160  # characters; a longer text has a point to answer


class ReviewRemark(NamedTuple):
    """What a text says. to: logins it speaks to, in small letters, in order.

    promises: whoever writes will go on with it. firm: an approval that stands whatever else is said beside it (`ACK`).
    asks: it holds a question mark.

    approval: it is fine as it is. support: the idea is fine, the change still has to be looked at. objection: it
    should not be done so. offer: whoever writes will look at it. courtesy: nothing that anybody has to answer.
    question: something for somebody to answer or to do.
    """

    stance: Stance
    to: tuple[str, ...] = ()
    promises: bool = False
    firm: bool = False
    asks: bool = False


@lru_cache(maxsize=8192)
def read_remark(text: str) -> ReviewRemark:
    """What a comment or review says; a text without words of its own is a courtesy."""
    said = _NOT_SAID.sub(lambda found: found[1] or " ", text[:_LONGEST])
    words = _MENTION.sub(" ", said).strip()
    speaks_to = "?" in words or _CALLS.search(said) is not None or not re.search(r"\w", words)
    to = tuple(dict.fromkeys(name.lower() for name in _MENTION.findall(said))) if speaks_to else ()
    stance = "question" if to and not re.search(r"\w", words) else _stance(words)
    asks = "?" in words
    promises = not asks and _PROMISE.search(words) is not None
    return ReviewRemark(stance, to, promises, firm=_ACK.search(words) is not None, asks=asks)


def _stance(words: str) -> Stance:
    if not re.search(r"\w|[^\x00-\x7f]|[+-]1", words):
        return "courtesy"
    if _OBJECTION.search(words):
        return "objection"
    rest = _SUPPORT.sub(" ", words)
    supports = rest != words
    if _approves(rest):
        return "approval"
    if _OFFER.search(rest) and "?" not in rest and not _CONDITION.search(rest):
        return "offer"
    if _TO_DO.search(rest):
        return "question"
    if supports:
        return "support"
    return "courtesy" if len(rest) <= _SHORT and _COURTESY.search(rest) else "question"


def _approves(words: str) -> bool:
    """An `ACK` counts whatever stands beside it; other words where nothing is asked for. Conditions never do."""
    if not _APPROVAL.search(words) or _CONDITION.search(words):
        return False
    return _ACK.search(words) is not None or not _ASKS_TOO.search(words)
