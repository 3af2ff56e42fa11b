"""Fit the sprint model that ships: `python benchmarks/ship_sprints.py ../shared/data/delivery-capability`.

Writes simulated.json (which reads no real sprint) and public.json beside sprintlib/forecast/sprints/model.py.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

import sprintlib.forecast.sprints as package
from sprintlib.evaluate.dataset import read_dataset
from sprintlib.evaluate.fingerprints import fingerprints
from sprintlib.forecast.sprints import LocalPrior, outcomes
from sprintlib.forecast.sprints.fitting import fit_public, fit_simulated
from sprintlib.simulate.sprints import TIMES, simulated_sprints

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

    sprints = read_dataset(dataset).sprints
    card = {
        "name": "sprints-public-1",
        "fitted_on": "sprints of apache, jboss, spring (Choetkiertikul et al., doi 10.1109/TSE.2017.2693989), "
        f"{sprints.height} rows at 0/30/50/80 %, from the prior sprints-simulated-2",
        "use": "P(at least the work now in a sprint is delivered by its end), for teams of 2 to 13 people",
        "not_for": "P(every item is closed by the due date), which is stricter; persons; sprints without items",
        "limits": "three open-source organisations, 33 boards, years 2012 to 2016; sprints of one organisation overlap "
        "in time and the data do not say how; story points as the boards give them",
        "rates": {str(time): round(_rate(sprints.filter(pl.col("time") == time)), 3) for time in TIMES},
        "fingerprints": sorted(fingerprints(sprints)),
    }
    (folder / "public.json").write_text(fit_public(prior, sprints, card).to_json() + "\n", "utf-8")


def _rate(sprints: pl.DataFrame) -> float:
    """Mean over organisations of their share delivered."""
    return float(np.mean([outcomes(group).mean() for group in sprints.partition_by("organisation")]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
