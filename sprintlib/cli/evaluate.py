"""`sprint evaluate`: how good the forecasts would have been, on the project's own sprints or on recorded ones."""

from pathlib import Path

import click

from sprintlib.cli.main import App

_JSON_FIELDS = ("time", "model", "n", "brier", "skill", "auc", "ece", "ece_perfect95", "in_sample")


@click.command("evaluate")
@click.option(
    "--dataset",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of <organisation>_iteration_<0|30|50|80>.csv files; default: the project's own finished sprints.",
)
@click.option("--refit", is_flag=True, help="With --dataset: fit again without the organisation that is scored.")
@click.option("--scheduler", metavar="ADDRESS", help="With --dataset: tcp://HOST:PORT of Dask, or 'processes'.")
@click.option("--as-of", metavar="T", help="Without --dataset: RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="With --dataset: a list of scores; else one object.")
@click.pass_obj
def command(
    app: App, dataset: Path | None, refit: bool, scheduler: str | None, as_of: str | None, as_json: bool
) -> None:
    """Score the forecast that ships: on the project's own history, or on recorded sprints (docs/evaluation.md)."""
    if dataset is None:
        if refit:
            raise click.UsageError("--refit needs --dataset: the project's own sprints are never fitted on.")
        if scheduler:
            raise click.UsageError("--scheduler needs --dataset: the project's own sprints take seconds.")
        _own(app, as_of, as_json)
    else:
        _recorded(dataset, refit, as_json, scheduler)


def _own(app: App, as_of: str | None, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    from sprintlib.evaluate import backtest_own, own_text

    moment = app.moment(as_of)
    result = backtest_own(app.project.engine, app.settings, moment)
    click.echo(json.dumps(asdict(result), indent=2, default=str) if as_json else own_text(result))


def _recorded(dataset: Path, refit: bool, as_json: bool, scheduler: str | None) -> None:
    import json

    from sprintlib.evaluate import as_text, backtest, read_dataset

    result = backtest(read_dataset(dataset), refit=refit, scheduler=scheduler)
    if as_json:
        scores = [{field: getattr(score, field) for field in _JSON_FIELDS} for score in result.scores]
        click.echo(json.dumps(scores, indent=2))
    else:
        click.echo(as_text(result))
