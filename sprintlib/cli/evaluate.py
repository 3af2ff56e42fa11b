"""`sprint evaluate`: how good the forecasts would have been on recorded sprints."""

from pathlib import Path

import click

_JSON_FIELDS = ("time", "model", "n", "brier", "skill", "auc", "ece", "ece_perfect95", "in_sample")


@click.command("evaluate")
@click.option(
    "--dataset",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of <organisation>_iteration_<0|30|50|80>.csv files (docs/evaluation.md).",
)
@click.option("--refit", is_flag=True, help="Fit again without the organisation that is scored.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of scores, one per time and model.")
def command(dataset: Path, refit: bool, as_json: bool) -> None:
    """Score the shipped forecast, and what teams use today, on recorded sprints."""
    import json

    from sprintlib.evaluate import as_text, backtest, read_dataset

    result = backtest(read_dataset(dataset), refit=refit)
    if as_json:
        scores = [{field: getattr(score, field) for field in _JSON_FIELDS} for score in result.scores]
        click.echo(json.dumps(scores, indent=2))
    else:
        click.echo(as_text(result))
