"""Hand-made digests, plain and hostile."""

from datetime import date

from sprintlib.digest.message import Digest, Link, Step, Verdict

API = "https://github.com/acme/api"
HOSTILE = (
    "<!channel> <@U1> @everyone @octocat *bold* `x` [a](javascript:alert(1)) <script>alert(1)</script> acme/api#7 |x"
)


def verdict(title: str = "2.4 Checkout", **changes: object) -> Verdict:
    values = {
        "title": title,
        "url": f"{API}/milestone/4",
        "figure": "29%",
        "words": "Unlikely to land by Fri 27 Nov",
        "because": "8 of 20 items are open.",
        "changed": ("chance 34% to 29%", "1 closed"),
    }
    return Verdict(**{**values, **changes})  # type: ignore[arg-type]


def step(action: str = "Start acme/api#44 today.", **changes: object) -> Step:
    values = {
        "action": action,
        "milestone": "2.4 Checkout",
        "who": "mira",
        "gain": "+11 points",
        "links": (Link("acme/api#44", f"{API}/issues/44"),),
    }
    return Step(**{**values, **changes})  # type: ignore[arg-type]


def digest(*verdicts: Verdict, **changes: object) -> Digest:
    values = {
        "project": "acme",
        "day": date(2026, 11, 26),
        "since": "Wed 25 Nov",
        "verdicts": verdicts or (verdict(),),
        "steps": (step(),),
        "ended": (),
        "problems": (),
    }
    return Digest(**{**values, **changes})  # type: ignore[arg-type]


def hostile(text: str = HOSTILE, many: int = 1) -> Digest:
    """The same text wherever GitHub or a user has a say."""
    one = verdict(text, because=text, words=text, changed=(text,))
    a_step = step(text, milestone=text, who=text, links=(Link(text, f"{API}/issues/44"),))
    return digest(*(one,) * many, project=text, ended=(text,) * many, problems=(text,), steps=(a_step,) * 3)
