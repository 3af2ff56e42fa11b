"""Tables of what a team decided about the tool itself: experiments it runs, and what it adopted. Never made again."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from sprintlib.store.columns import metadata, moment

experiment = Table(
    "experiment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("name", String(40), nullable=False),
    Column("seed", BigInteger, nullable=False, comment="with an item's ids it decides which play the item gets"),
    Column("usual", String(16), nullable=False, comment="entry of the playbook that is recommended anyway"),
    Column("other", String(16), nullable=False, comment="entry that half of the items get instead"),
    Column("outcome", String(16), nullable=False, comment="closed | moved"),
    Column("within", Integer, nullable=False, comment="working days after which the outcome is looked at"),
    Column("baseline", Float, nullable=False, comment="share expected under the usual play, 0-1"),
    Column("effect", Float, nullable=False, comment="difference in shares that it is made to see"),
    Column("power", Float, nullable=False),
    Column("items", Integer, nullable=False, comment="of both plays together, with which it is judged once"),
    moment("started_at", nullable=False),
    moment("stopped_at"),
    comment="the terms are fixed when it begins",
)
Index("uq_experiment_project", experiment.c.project, experiment.c.name, unique=True)

experiment_item = Table(
    "experiment_item",
    metadata,
    Column("experiment_id", Integer, ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True),
    Column("repository_id", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("play", String(16), nullable=False, comment="what it was given"),
    moment("entered_at", nullable=False, comment="when that was first recommended"),
    comment="append-only",
)

recalibration = Table(
    "recalibration",
    metadata,
    Column("project", String(128), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("stretch", Float, nullable=False, comment="how many times as long work takes as the forecast alone says"),
    Column("sprints", Integer, nullable=False, comment="finished ones that it was learned from"),
    Column("scored", Integer, nullable=False, comment="of these, forecast from the ones before them"),
    Column("brier_without", Float, nullable=False),
    Column("brier", Float, nullable=False),
    Column("error", Float, nullable=False, comment="standard error of the difference"),
    moment("adopted_at", nullable=False),
    moment("reverted_at"),
    comment="the newest one that was not taken back is in force",
)

learning_trial = Table(
    "learning_trial",
    metadata,
    Column("project", String(128), primary_key=True),
    moment("tried_at", nullable=False, primary_key=True),
    Column("sprints", Integer, nullable=False, comment="finished ones with a forecast"),
    Column("helps", Boolean, nullable=False),
    Column("sentence", Text, nullable=False, comment="what the backtest said"),
    Column("adopted", Integer, comment="the version of recalibration that was made of it"),
    comment="append-only; tried once a week by sprint run due",
)

imported_prior = Table(
    "imported_prior",
    metadata,
    Column("project", String(128), primary_key=True),
    moment("imported_at", nullable=False, primary_key=True),
    Column("numbers", JSON, comment="learning.Priors; null: those that ship hold from then on"),
    comment="append-only; the newest row holds",
)
