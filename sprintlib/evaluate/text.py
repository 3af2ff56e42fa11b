"""A backtest as text for a terminal."""

from sprintlib.evaluate.backtest import Score, ScoredBacktest


def as_text(result: ScoredBacktest) -> str:
    """Tables of scores, of Brier by past sprints, and the reliability of the shipped model."""
    times = sorted({score.time for score in result.scores})
    parts = [_head(result), *(_table([s for s in result.scores if s.time == time]) for time in times)]
    parts += [_by_past(result.scores), _reliability(result.scores)]
    return "\n\n".join(parts)


def _head(result: ScoredBacktest) -> str:
    how = "public layer refitted without the organisation scored" if result.refit else f"{result.model} as shipped"
    lines = [f"organisations: {', '.join(result.organisations)} (means over them; calibration pooled); {how}"]
    if any(score.in_sample for score in result.scores):
        lines.append("in_sample: true. The shipped model was fitted on some of these rows; see --refit.")
    if result.unreadable:
        lines.append(f"left out: {result.unreadable} lines without the numbers needed")
    return "\n".join(lines)


def _table(scores: list[Score]) -> str:
    head = f"{scores[0].time:>3} % of the time, n = {scores[0].n}"
    rows = [f"{head:<24}  Brier (95 %)         skill    AUC    ECE (perfect 95 %)  against Monte Carlo"]
    return "\n".join(rows + [_row(score) for score in scores])


def _row(score: Score) -> str:
    low, high = score.brier_interval
    difference, below, above = score.against_monte_carlo
    area = "   -" if score.auc is None else f"{score.auc:.2f}"
    mark = "  in sample" if score.in_sample else ""
    return (
        f"{score.model:<24}  {score.brier:.3f} ({low:.3f}-{high:.3f})  {score.skill:+.2f}   {area}   "
        f"{score.ece:.3f} ({score.ece_perfect95:.3f})       {difference:+.3f} ({below:+.3f} to {above:+.3f}){mark}"
    )


def _by_past(scores: list[Score]) -> str:
    bands = list(scores[0].by_past)
    lines = [f"{'Brier by past sprints (n)':<28}" + "".join(f"{band:>14}" for band in bands)]
    for score in scores:
        cells = [f"{'-' if value is None else format(value, '.3f')} ({n})" for value, n in score.by_past.values()]
        lines.append(f"{score.time:>3} % {score.model:<22} " + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)


def _reliability(scores: list[Score]) -> str:
    lines = ["Reliability of shipped_online: mean forecast > share delivered (n)"]
    for score in scores:
        if score.model == "shipped_online":
            bins = "  ".join(f"{b.forecast:.2f}>{b.observed:.2f} ({b.n})" for b in score.reliability)
            lines.append(f"{score.time:>3} %  {bins}")
    return "\n".join(lines)
