"""Fit the sprint model that ships: `python benchmarks/ship_sprints.py ../shared/data/delivery-capability`.

Writes simulated.json (which reads no real sprint) and public.json beside sprintlib/forecast/sprints/model.py.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

import sprintlib.forecast.sprints as package
from sprintlib.evaluate import Dataset, backtest, read_dataset
from sprintlib.evaluate.fingerprints import fingerprints
from sprintlib.forecast.sprints import LocalPrior, outcomes
from sprintlib.forecast.sprints.fitting import fit_public
from sprintlib.forecast.sprints.model import TIMES
from training.simulated_sprints import simulated_sprints
from training.sprint_fitting import fit_simulated

TEAMS, SEED = 600, 7
LOCAL_PRIOR = LocalPrior()


def main(dataset: Path) -> None:
    """Fit the prior, then the public correction, and write both."""
    folder = Path(package.__file__).parent
    simulated = simulated_sprints(TEAMS, SEED)
    card = {
        "name": "sprints-simulated-2",
        "fitted_on": f"{TEAMS} simulated teams, seed {SEED}, {simulated.height} rows (simulate/sprints.json)",
        "rates": {},
        "fingerprints": [],
    }
    prior = fit_simulated(simulated, LOCAL_PRIOR, card)
    (folder / "simulated.json").write_text(prior.to_json() + "\n", "utf-8")

    data = read_dataset(dataset)
    sprints = data.sprints
    card = {
        "name": "sprints-public-1",
        "fitted_on": "sprints of apache, jboss, spring (Choetkiertikul et al., doi 10.1109/TSE.2017.2693989), "
        f"{sprints.height} rows at 0/30/50/80 %, from the prior sprints-simulated-2",
        "use": "P(at least the work now in a sprint is delivered by its end), for teams of 2 to 13 people",
        "not_for": "P(every item is closed by the due date), which is stricter; persons; sprints without items",
        "limits": "three open-source organisations, 33 boards, collected before 2018; sprints of one organisation "
        "overlap in time and the data do not say how; story points as the boards give them",
        "rates": {str(time): round(_rate(sprints.filter(pl.col("time") == time)), 3) for time in TIMES},
        "fingerprints": sorted(fingerprints(sprints)),
    }
    public = fit_public(prior, sprints, card)
    (folder / "public.json").write_text(public.to_json() + "\n", "utf-8")
    public.card["measured"] = _measured(data)
    (folder / "public.json").write_text(public.to_json() + "\n", "utf-8")


def _measured(data: Dataset) -> dict[str, object]:
    """Figures for the card, each organisation scored by a model fitted on the others."""
    fields = ("time", "n", "brier", "skill", "auc", "ece", "ece_perfect95")
    scores = [score for score in backtest(data, refit=True).scores if score.model == "shipped_online"]
    return {
        "how": "leaving one organisation out, learning after each sprint; docs/evaluation.md",
        "scores": [{field: round(float(getattr(score, field)), 3) for field in fields} for score in scores],
    }


def _rate(sprints: pl.DataFrame) -> float:
    """Mean over organisations of their share delivered."""
    return float(np.mean([outcomes(group).mean() for group in sprints.partition_by("organisation")]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
