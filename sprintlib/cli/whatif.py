"""`sprint whatif`: the forecast under supposed changes."""

from datetime import date

import click

from sprintlib.cli.day import DayParameter
from sprintlib.cli.main import App


def _probability(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """A probability as people write it: 0.8, 80% or 80."""
    if text is None:
        return None
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = 0.0
    value = value / 100 if "%" in text or value > 1 else value
    if not 0.05 <= value <= 0.95:
        raise click.BadParameter(f"'{text}' is not a probability between 5% and 95%.")
    return value


@click.command("whatif")
@click.option("--milestone", metavar="TITLE", help="Title, its beginning or its number; default: the one due next.")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date (end of that day); default: now.")
@click.option("--drop", metavar="REF", multiple=True, help="Take an item out: 12, api#12 or acme/api#12.")
@click.option("--unblock", metavar="REF", multiple=True, help="Free an item that waits, or what waits for it.")
@click.option("--review", metavar="REF", multiple=True, help="A pull request, or its item, ends within a day.")
@click.option("--move-due", metavar="DATE", type=DayParameter(), help="Another due date.")
@click.option("--away", metavar="DAYS", type=click.FloatRange(min=0), default=0.0, help="One person is away so long.")
@click.option(
    "--people", metavar="N", type=click.IntRange(-99, 99), default=0, help="How many join (+1) or leave (-1)."
)
@click.option(
    "--target", metavar="P", callback=_probability, help="Also the cheapest actions that reach it: 0.8 or 80%."
)
@click.option("--action", metavar="ID", multiple=True, help="What a recommendation changes, by its id, long or short.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    app: App,
    milestone: str | None,
    as_of: str | None,
    drop: tuple[str, ...],
    unblock: tuple[str, ...],
    review: tuple[str, ...],
    move_due: date | None,
    away: float,
    people: int,
    target: float | None,
    action: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compute a milestone's forecast again as if things were different; nothing is stored.

    Without any change and with --target: the cheapest up to three actions that reach this probability, such as 0.8.
    An --action is computed as of the newest analysis that recommends it, unless --as-of says another moment.
    """
    from sprintlib.services import last_recommended, what_if
    from sprintlib.views.terminal import render_what_if

    if not (drop or unblock or review or move_due or away or people or target or action):
        raise click.UsageError(
            "Say what to suppose: --drop, --unblock, --review, --move-due, --away, --people, --action or --target."
        )
    told = last_recommended(app.project, action[0]) if action and as_of is None else None
    found = what_if(
        app.project,
        told or app.moment(as_of),
        milestone,
        drop=drop,
        unblock=unblock,
        review=review,
        due_on=move_due,
        people=people,
        away_days=away,
        target=target,
        actions=action,
    )
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        from rich.console import Console

        Console(highlight=False).print(render_what_if(found, app.settings.time_zone))
