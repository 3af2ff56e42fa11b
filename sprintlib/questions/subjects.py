"""What a question names: items, milestones, paths, repositories, people; looked up, not guessed."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log

from sprintlib.knowledge.tokens import words
from sprintlib.questions.periods import Period, named_period
from sprintlib.questions.project import AskedProject
from sprintlib.references import Resolver

_QUOTED = re.compile(r"\"([^\"]{3,200})\"|“([^”]{3,200})”|«([^»]{3,200})»|「([^」]{2,200})」|'([^']{6,200})'(?!\w)")
_PATH = re.compile(
    r"(?<![\w/:.#@-])(?:[\w.@+-]+/)+[\w.@+-]*\w(?:\.\w+)?|(?<![\w/:.#@-])[\w@+-][\w.@+-]*\.[A-Za-z]\w{0,9}(?![\w/])"
)
_NUMBERED = re.compile(r"\b(pull requests?|prs?|issues?|items?|tickets?|bugs?) (\d{1,6})(?![\w.%-])", re.I)
_URL = re.compile(r"https?://\S+")
_NOT_FILES = re.compile(r"^\d+(?:\.\w+)+$|^v\d", re.I)
# words that questions about items are made of: they say nothing about which item
_ASKING = words(
    "pull request pr issue item open opened closed close merge merged done state status happen happened what is"
    " are the about there any anybody anyone somebody someone still ready review reviewed who when where why how"
    " did does tell me know everything thing feature bug ticket task story work working people say said think"
    " discuss discussed talk going on with milestone release sprint project team please need want give show find"
    " yet already now right today get got wait block stuck start begin green build ci red workflow pipeline late"
    " land ship deliver chance likely probability finish due deadline date next week month day yesterday tomorrow"
    " since last this monday tuesday wednesday thursday friday saturday sunday change new news update make made"
    " time track forecast risk threat problem worry action should could can do must help advise recommend focus"
    " priority assignee assigned unassigned owner nobody no none left remain remaining content inside many much"
    " committed added removed take out taken scope creep overdue behind delay slip reason cause depend carry fix"
    " label draft act turn forward move moving long old file path touch list repo repository main branch default"
    " broken fail failing fails pass passing test tests create created pick up free available progress anything"
    " who's what's it's was were be been being has have had of in at by from for to as an"
)
_PLAIN_LOGIN = 4  # characters of a login that is hardly a word
_FEWEST = 2  # words that say which item, before a title is looked for
_SAME = 0.66  # share of what a question says that a title has to hold to be meant
_TITLE_SHARE = 0.34  # and share of the title that the question has to hold


@dataclass(frozen=True)
class Asked:
    """A question with what it names. text: as asked; lower: in lower case, without what is quoted, links and refs."""

    text: str
    project: AskedProject

    @cached_property
    def lower(self) -> str:
        text = _URL.sub(" ", self._separated)
        for reference in sorted(self._resolver.references(text, ""), key=lambda one: -one.start):
            text = f"{text[: reference.start]} it {text[reference.end :]}"
        return _QUOTED.sub(" it ", text).lower().replace("’", "'")

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.project.repos, self.project.hosts, self.project.past.holdings.former_names)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Refs that it names, stored or not; a bare #12 may be in any of the repositories that have it."""
        bare = [one.ref for one in self._resolver.references(self._separated, "") if one.ref.startswith("#")]
        full = [one.ref for one in self._resolver.references(self._separated, "") if not one.ref.startswith("#")]
        for number in bare:
            known = [f"{repo}{number}" for repo in self.project.repos if f"{repo}{number}" in self.project.items]
            full += self._meant(known) or [f"{self.project.repos[0]}{number}"]
        return tuple(dict.fromkeys(full))

    @cached_property
    def _separated(self) -> str:
        """With a space where a script without spaces follows a number, and `#12` for `PR 12`."""
        text = re.sub(r"(?<=#)(\d{1,9})(?=[^\W\d_a-zA-Z])", r"\1 ", self.text)
        return _NUMBERED.sub(r"\1 #\2", text)

    def _meant(self, known: list[str]) -> list[str]:
        """Of the items with one number those whose repository, author or kind the question also names; else all."""
        tokens = set(re.findall(r"[\w.-]+", self.lower.replace("'s", " ")))
        by_repo = [ref for ref in known if ref.partition("#")[0].partition("/")[2].lower() in tokens]
        by_author = [ref for ref in known if (self.project.items[ref]["author"] or "?").lower() in tokens]
        return by_repo or by_author or known

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Stored items that it names by number, address or quoted title."""
        stored = [ref for ref in self.named if ref in self.project.items]
        return tuple(stored or self._by_quoted_title())

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Named by number, and not stored."""
        return tuple(ref for ref in self.named if ref not in self.project.items)

    def _by_quoted_title(self) -> Iterator[str]:
        for groups in _QUOTED.findall(self.text):
            wanted = " ".join("".join(groups).lower().split())
            same = [ref for ref, row in self.project.items.items() if " ".join(row["title"].lower().split()) == wanted]
            # the issue stands for the pull requests of the same title
            issues = [ref for ref in same if self.project.items[ref]["kind"] == "issue"]
            yield from (issues or same)[:2]

    @cached_property
    def milestones(self) -> tuple[str, ...]:
        """Today's titles of the milestones that it names: by title, title of the time, or version number."""
        found: dict[str, int] = {}
        for row in self.project.milestones:
            for title in {row["title"], row["title_then"] or row["title"]}:
                if length := self._names(title):
                    found[row["title"]] = max(length, found.get(row["title"], 0))
        best = max(found.values(), default=0)
        return tuple(title for title, length in found.items() if length == best)

    def _names(self, title: str) -> int:
        """How many characters of the title the question holds: the whole, its version, its other words."""
        parts = [title.lower(), *re.findall(r"\d+(?:\.\d+)+", title.lower())]
        rest = " ".join(re.findall(r"[^\W\d_]{4,}(?: [^\W\d_]+)*", title.lower()))
        parts += [rest] if len(rest) >= 5 else []
        text = self.lower
        return max(
            (len(part) for part in parts if re.search(rf"(?<![\w.]){re.escape(part)}(?!\w|\.\d)", text)), default=0
        )

    @cached_property
    def period(self) -> Period | None:
        return named_period(self.lower, self.project.today)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Files and folders that it names."""
        text = _URL.sub(" ", self.text)
        repos = {repo.lower() for repo in self.project.repos}
        found = (match[0].rstrip("./") for match in _PATH.finditer(text))
        return tuple(
            path
            for path in dict.fromkeys(found)
            if path.lower() not in repos and not _NOT_FILES.match(path) and path.lower() not in ("and/or", "e.g", "i.e")
        )

    @cached_property
    def repos(self) -> tuple[str, ...]:
        """Repositories that it names."""
        tokens = set(re.findall(r"[\w./-]+", self.lower)) | {token.rstrip("'s") for token in self.lower.split()}
        named = [repo for repo in self.project.repos if {repo.lower(), repo.partition("/")[2].lower()} & tokens]
        return tuple(named)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Logins of the project that it names; short ones, which may be words, after `@`, `for`, `by` or `from`."""
        known = self.project.logins
        found = re.findall(r"((?:@|\b(?:for|by|from) )?)([a-z0-9][a-z0-9-]*)", self.lower)
        named = (login for before, login in found if login in known and (before or len(login) >= _PLAIN_LOGIN))
        return tuple(known[login] for login in dict.fromkeys(named))

    @property
    def untold(self) -> frozenset[str]:
        """Its words that no topic, milestone, repository or person explains."""
        told = " ".join([*self.milestones, *self.repos, *self.people])
        return frozenset(word for word in self._telling - words(told) if len(word) > 1)

    @property
    def of_repository(self) -> bool:
        """Whether it asks for issues or pull requests at large, or for a repository."""
        return bool(self.repos) or bool(re.search(r"\b(?:pull requests?|prs?|issues?)\b", self.lower))

    @property
    def wants_words(self) -> bool:
        """Whether it asks what people said or think."""
        return bool(
            re.search(
                r"\b(?:say|said|says|think\w*|thought|wrote|opinions?|argu\w+|mention\w*|discuss\w*)\b", self.lower
            )
        )

    @property
    def content(self) -> str:
        """Its words that say what it is about, as they stand: what a text has to hold to be quoted."""
        tokens = re.findall(r"[\w@./-]*\w", _URL.sub(" ", self.text))
        return " ".join(token for token in tokens if not words(token) <= _ASKING or not words(token))

    @property
    def about_delivery(self) -> bool:
        """Whether it speaks of the milestone under way, whatever else it says."""
        pattern = r"\b(?:sprint|milestone|release|deadline|on track|forecast|late|behind|on time|in time|overdue)\b"
        return bool(re.search(pattern, self.lower))

    @property
    def wants_news(self) -> bool:
        """Whether it asks what has happened, naming no time and nothing else."""
        what = r"\b(?:what(?:'s| is| has| was)?|anything|any)"
        pattern = rf"{what} (?:new|chang\w*|happen\w*|been happening|going on)|\bstand-?up\b"
        return not self.untold and bool(re.search(pattern, self.lower))

    @cached_property
    def by_title(self) -> tuple[str, ...]:
        """Items whose title says what the question says, best first, at most two; without any where none does."""
        asked, said = self.untold, self._telling | words(self.lower)
        if not asked:
            return ()
        rare = self._rarity
        whole = sum(rare(word) for word in asked)
        found: list[tuple[float, str]] = []
        for ref, own in self._title_words.items():
            held = asked & own
            if not held or len(said & own) < _FEWEST:
                continue
            share = sum(rare(word) for word in held) / whole
            covered = sum(rare(word) for word in said & own) / max(sum(rare(word) for word in own), 1e-9)
            if share >= _SAME and (covered >= _TITLE_SHARE or share > 0.99):
                found.append((share + covered, ref))
        best = max((score for score, _ in found), default=0.0)
        near = [(score, ref) for score, ref in found if score >= best - 0.05]
        items = self.project.items
        order = sorted(
            near, key=lambda one: (items[one[1]]["state"] != "open", items[one[1]]["kind"] != "issue", -one[0])
        )
        return tuple(ref for _, ref in order[:2])

    @cached_property
    def _telling(self) -> frozenset[str]:
        """Its words that could be of a title; two neighbours that titles write as one word are one."""
        own = words(re.sub(r"\bit\b", " ", self.lower)) - _ASKING
        tokens = re.findall(r"[a-z]+", self.lower)
        for first, second in pairwise(tokens):
            joined = words(first + second) & self._vocabulary.keys()
            if joined and not joined & own:
                own = (own - words(f"{first} {second}")) | joined
        return frozenset(own)

    @cached_property
    def _title_words(self) -> dict[str, frozenset[str]]:
        return {ref: words(row["title"]) for ref, row in self.project.items.items()}

    @cached_property
    def _vocabulary(self) -> Counter[str]:
        return Counter(word for own in self._title_words.values() for word in own)

    def _rarity(self, word: str) -> float:
        return log((1 + len(self._title_words)) / (1 + self._vocabulary.get(word, 0)))
