"""Hand-made analyses for tests of everything that shows one: reports, dashboards, views."""

from datetime import UTC, date, datetime, timedelta

from sprintlib.analysis.model import (
    Analysis,
    BurnUp,
    BurnUpPoint,
    MilestoneAnalysis,
    Part,
    ProjectionPoint,
    Scope,
)
from sprintlib.evidence import Evidence
from sprintlib.explain.model import Driver
from sprintlib.features import Metric
from sprintlib.forecast import EarlierSprint, PlanAccuracy
from sprintlib.forecast.model import ForecastDates, Interval, ItemForecast
from sprintlib.recommend.model import Recommendation
from sprintlib.risks.model import Risk

AS_OF = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
API, WEB, MOBILE = "sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"
HOSTILE = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
HOSTILE_MARKDOWN = "[click](javascript:alert(1)) `x` | *y* <b>z</b> ![p](https://evil.example/p.png)"


def cite(repo: str, number: int, note: str = "", kind: str = "issue") -> Evidence:
    """Evidence that is an item of a repository."""
    folder = "pull" if kind == "pull" else "issues"
    return Evidence.model_validate(
        {
            "ref": f"{repo}#{number}",
            "kind": kind,
            "url": f"https://github.com/{repo}/{folder}/{number}",
            "note": note,
        }
    )


def playbook(number: int, note: str) -> Evidence:
    """Evidence that is an entry of the playbook."""
    return Evidence(
        ref=f"PB-{number:03d}",
        kind="playbook",
        url="https://google.github.io/eng-practices/review/reviewer/speed.html",
        note=note,
    )


def driver(name: str, log_odds: float, points: float, remedy: str, *evidence: Evidence) -> Driver:
    """A bar of the account about what it cites."""
    refs = tuple(cited.ref for cited in evidence)
    return Driver(name=name, log_odds=log_odds, points=points, remedy=remedy, items=refs, evidence=evidence)


def burn_up() -> BurnUp:
    """Ten local days with work, eight projected; 18 items at the start, 22 now, 11 of them closed."""
    scope = (18, 18, 19, 19, 21, 21, 21, 21, 22, 22)
    done = (0, 1, 3, 4, 6, 6, 6, 8, 10, 11)
    first = date(2026, 11, 9)
    days = tuple(
        BurnUpPoint(day=first + timedelta(days=offset), scope=inside, done=closed)
        for offset, (inside, closed) in enumerate(zip(scope, done, strict=True))
    )
    last = days[-1].day
    projection = tuple(
        ProjectionPoint(
            day=last + timedelta(days=offset),
            low=min(11 + 0.7 * offset, 22),
            middle=min(11 + 1.2 * offset, 22),
            high=min(11 + 1.8 * offset, 22),
        )
        for offset in range(1, 13)
    )
    return BurnUp(days=days, projection=projection, start=first, due_on=date(2026, 11, 27))


def risks() -> tuple[Risk, ...]:
    """One of every severity, worst first."""
    return (
        Risk(
            kind="blocked_item",
            severity="high",
            statement="Checkout page waits for the payment intents endpoint, which nobody has started.",
            rule="An open item is blocked by another open item for more than 1 working day.",
            items=(f"{WEB}#31",),
            actor="mira",
            evidence=(
                cite(WEB, 31, "Checkout page with saved cards"),
                cite(API, 44, "Payment intents endpoint"),
            ),
        ),
        Risk(
            kind="stale_pull_request",
            severity="high",
            statement="Rate limiting for public tokens has had no human event for 3.2 working days; a review is owed.",
            rule="An open pull request has no human event for more than 1 working day.",
            items=(f"{API}#52",),
            actor="jonas",
            evidence=(cite(API, 52, "Rate limiting for public tokens", "pull"),),
        ),
        Risk(
            kind="scope_creep",
            severity="medium",
            statement="5 items were added after the start, 28 % of the 18 committed ones.",
            rule="Items added after the start exceed 15 % of the committed items.",
            items=(f"{API}#58", f"{WEB}#37"),
            evidence=(cite(API, 58, "Webhook retries"), cite(WEB, 37, "Dark mode for e-mails")),
        ),
        Risk(
            kind="unstarted_near_due",
            severity="low",
            statement="2 open items have no assignee and no pull request 7 working days before the deadline.",
            rule="An open item without assignee or linked pull request within 10 working days of the deadline.",
            items=(f"{WEB}#35", f"{WEB}#36"),
            evidence=(cite(WEB, 35, "Empty states"), cite(WEB, 36, "Keyboard shortcuts")),
        ),
        Risk(
            kind="failing_ci",
            severity="unknown",
            statement="No CI facts for sprint-demo/web: whether its default branch works is unknown.",
            rule="The default branch fails for more than 1 hour.",
        ),
    )


def recommendations() -> tuple[Recommendation, ...]:
    """Ranked by expected gain."""
    return (
        Recommendation(
            id="unblock-api-44",
            action="Start sprint-demo/api#44 today: sprint-demo/web#31 cannot move without it.",
            actor="mira",
            expected_gain=0.11,
            evidence=(cite(API, 44, "Payment intents endpoint"), playbook(6, "finish blockers first")),
        ),
        Recommendation(
            id="review-api-52",
            action="Ask one named reviewer to look at sprint-demo/api#52 at the next natural break.",
            actor="jonas",
            expected_gain=0.06,
            evidence=(
                cite(API, 52, "Rate limiting for public tokens", "pull"),
                playbook(1, "first response within a day"),
            ),
        ),
        Recommendation(
            id="descope-web-37",
            action="Move sprint-demo/web#37 to the next milestone, or say what leaves instead.",
            expected_gain=0.04,
            evidence=(cite(WEB, 37, "Dark mode for e-mails"),),
        ),
        Recommendation(
            id="assign-web-35",
            action="Give sprint-demo/web#35 and sprint-demo/web#36 an owner.",
            expected_gain=None,
            evidence=(cite(WEB, 35, "Empty states"),),
        ),
    )


def items() -> tuple[ItemForecast, ...]:
    """Two open items and the pull request that carries the second, as an analysis lists them."""
    common = {"blocked": False, "basis": "learned", "n_history": 47}
    return tuple(
        ItemForecast.model_validate(common | one)
        for one in (
            {**_item(API, 44, "Payment intents endpoint"), "stage": "begun", "closes_by_due": 0.71},
            {**_item(WEB, 31, "Checkout page"), "stage": "opened", "closes_by_due": 0.35, "blocked": True},
            {
                **_item(WEB, 32, "Checkout page, first half"),
                "kind": "pull",
                "inside": False,
                "carries": (f"{WEB}#31",),
                "stage": "reviewed",
                "closes_by_due": 0.5,
            },
        )
    )


def _item(repo: str, number: int, title: str) -> dict[str, object]:
    address = f"https://github.com/{repo}/issues/{number}"
    return {"ref": f"{repo}#{number}", "kind": "issue", "title": title, "html_url": address, "inside": True}


def measurements() -> tuple[Metric, ...]:
    """One that moves the forecast, tone above its usual range, and one that is unknown."""
    usual = "above the team's own range (up to 20%)"
    return (
        Metric("temporal", "pace", 1.25, "items per working day", 10, "since the start", in_forecast=True),
        Metric("temporal", "lead_time", 7.12, "working days", 37, "issues done in the 28 days before", p85=14.3),
        Metric("sentiment", "negative_share", 0.25, "share", 24, "comments", usual=(0.0, 0.2), reason=usual),
        Metric("delivery", "red_time", None, "hours", 0, "the 28 days before", reason="no CI runs are known"),
    )


def orders(statement: str = "On sprint-demo/web#31 the title reads like orders to a language model.") -> Risk:
    """A text that speaks to a language model."""
    return Risk(
        kind="instructions_in_text",
        severity="high",
        statement=statement,
        rule="A text reads like an order.",
        items=(f"{WEB}#31",),
        evidence=(cite(WEB, 31, "the title"),),
    )


def milestone(**changes: object) -> MilestoneAnalysis:
    """Sprint 9: two repositories, 22 items, due 2026-11-27, probability 0.38. `changes` replace fields."""
    values: dict[str, object] = {
        "title": "Sprint 9",
        "titles_then": ("Sprint 9",),
        "number": {API: 9, WEB: 7},
        "repos": (API, WEB),
        "due_on": date(2026, 11, 27),
        "state": "open",
        "scope": Scope(committed=18, added=5, removed=1, done=10, dropped=1, open=11),
        "probability": 0.38,
        "probability_delivered": 0.52,
        "interval": Interval(items_closed_by_due=(17, 22), finish_date=(date(2026, 11, 25), date(2026, 12, 4))),
        "basis": "learned",
        "n_history": 47,
        "forecast_dates": ForecastDates(
            p50=date(2026, 11, 30), p70=date(2026, 12, 1), p85=date(2026, 12, 3), p95=date(2026, 12, 8)
        ),
        "closed_in_two_weeks": (9, 11, 11),
        "health": 38,
        "summary": "11 of 22 items are open with 7 working days left; at the pace so far the last one closes on "
        "30 November, one working day after the deadline.",
        "drivers": (
            driver("Starting point: milestones like this one", 0.2007, 55.0, "Nothing to remove."),
            driver("Pace of closings", 0.2448, 6.0, "Nothing to remove.", cite(API, 41, "closed yesterday")),
            driver(
                "Scope added after the start",
                -0.5649,
                -14.0,
                "Close the added item or move it out: sprint-demo/api#58.",
                cite(API, 58, "Webhook retries"),
            ),
            driver(
                "Blocked items",
                -0.3702,
                -9.0,
                "Unblock sprint-demo/web#31 (waits for sprint-demo/api#44).",
                cite(WEB, 31, "Checkout page with saved cards"),
            ),
        ),
        "risks": risks(),
        "recommendations": recommendations(),
        "parts": (
            Part(
                repo=API,
                number=9,
                html_url=f"https://github.com/{API}/milestone/9",
                title_then="Sprint 9",
                due_on=date(2026, 11, 27),
                scope=Scope(committed=11, added=3, removed=1, done=8, dropped=0, open=5),
                probability=0.64,
            ),
            Part(
                repo=WEB,
                number=7,
                html_url=f"https://github.com/{WEB}/milestone/7",
                title_then="Sprint 9",
                due_on=date(2026, 11, 27),
                scope=Scope(committed=7, added=2, removed=0, done=2, dropped=1, open=6),
                probability=0.43,
            ),
        ),
        "governed_by": WEB,
        "burn_up": burn_up(),
        "items": items(),
        "hostile_text": (orders(),),
        "measurements": measurements(),
        "known_later": ("due_on of sprint-demo/api was first seen on 2026-11-19.",),
        "timings": {"forecast": 0.12, "risks": 0.04},
    }
    return MilestoneAnalysis.model_validate(values | changes)


def without_number(**changes: object) -> MilestoneAnalysis:
    """A milestone of which nothing can be forecast yet."""
    return milestone(
        **{
            "title": "Sprint 10",
            "titles_then": ("Sprint 10",),
            "probability": None,
            "reason": "Only 2 working days with a closing are known; a forecast needs 5.",
            "probability_delivered": None,
            "interval": Interval(),
            "basis": "insufficient-data",
            "n_history": 2,
            "forecast_dates": ForecastDates(),
            "closed_in_two_weeks": None,
            "health": None,
            "drivers": (),
            "summary": "There is too little history for a forecast.",
            "burn_up": burn_up().model_copy(update={"projection": ()}),
        }
        | changes
    )


def without_due_date(**changes: object) -> MilestoneAnalysis:
    """A milestone without a deadline: what closes in two weeks instead of a probability."""
    return milestone(
        **{
            "title": "Backlog",
            "titles_then": ("Backlog",),
            "due_on": None,
            "probability": None,
            "reason": "The milestone has no due date.",
            "probability_delivered": None,
            "interval": Interval(finish_date=(date(2026, 11, 25), None)),
            "health": None,
            "drivers": (),
            "summary": "Without a due date there is no deadline to hold; 9 to 11 items close in the next two weeks.",
            "burn_up": burn_up().model_copy(update={"due_on": None}),
        }
        | changes
    )


def hostile(**changes: object) -> MilestoneAnalysis:
    """Text and links from a GitHub that means harm, in every field that can hold them."""
    bad = Evidence(ref=HOSTILE, kind="issue", url="javascript:alert(1)", note=HOSTILE)
    return milestone(
        **{
            "title": HOSTILE,
            "titles_then": (HOSTILE, HOSTILE_MARKDOWN),
            "summary": f"{HOSTILE} {HOSTILE_MARKDOWN}",
            "drivers": (driver(HOSTILE, 0.1, 3.0, HOSTILE, bad),),
            "risks": (
                Risk(
                    kind="stale_pull_request",
                    severity="high",
                    statement=f"{HOSTILE} {HOSTILE_MARKDOWN}",
                    rule=HOSTILE,
                    items=(HOSTILE,),
                    actor=HOSTILE,
                    evidence=(bad, Evidence(ref="x", kind="issue", url="https://evil.example/x", note=HOSTILE)),
                ),
            ),
            "recommendations": (Recommendation(id=HOSTILE, action=HOSTILE_MARKDOWN, actor=HOSTILE, evidence=(bad,)),),
            "known_later": (HOSTILE,),
            "items": tuple(
                one.model_copy(update={"title": HOSTILE, "ref": HOSTILE, "html_url": bad.url}) for one in items()
            ),
            "hostile_text": (orders(HOSTILE).model_copy(update={"evidence": (bad,)}),),
            "measurements": (
                Metric(
                    "code", "hotspots", 1.0, "paths", 1, HOSTILE, reason=HOSTILE, evidence=(HOSTILE, HOSTILE_MARKDOWN)
                ),
            ),
            "reason": HOSTILE,
        }
        | changes
    )


def analysis(*milestones: MilestoneAnalysis, **changes: object) -> Analysis:
    """An analysis of the demo project as of AS_OF; Sprint 9 alone unless milestones are given."""
    values: dict[str, object] = {
        "as_of": AS_OF,
        "project": "demo",
        "milestones": milestones or (milestone(),),
        "freshness": {
            API: AS_OF - timedelta(minutes=12),
            WEB: AS_OF - timedelta(hours=27),
            MOBILE: None,
        },
        "notes": ("1 milestone title in sprint-demo/api fits no number: 'Sprint 8b'.",),
        "earlier": (
            EarlierSprint("Sprint 7", date(2026, 10, 30), 10, 9, 12, 1, 0.9, 1.2, 1),
            EarlierSprint(HOSTILE, date(2026, 11, 13), 12, 6, 9, 8, 0.5, 0.75, 0),
        ),
        "plan_accuracy": PlanAccuracy(2, 0.7, 0.975, 0.2828),
        "timings": {"load": 0.3, "analyze": 0.2},
    }
    return Analysis.model_validate(values | changes)
