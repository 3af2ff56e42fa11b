"""Sections about what is said: thresholds of risks, and the target of actions."""

from pydantic import Field

from sprintlib.settings.section import SettingsSection


class RiskSettings(SettingsSection):
    """Thresholds of the risk detectors."""

    stale_pull_request_days: float = Field(1.0, gt=0, description="working days without activity by a person")
    blocked_days: float = Field(1.0, gt=0, description="working days a blocker may stay open")
    scope_creep_share: float = Field(0.15, gt=0, description="added items as a share of committed ones")
    scope_planning_share: float = Field(0.2, ge=0, lt=1, description="share of the time in which a sprint is filled")
    red_default_branch_hours: float = Field(1.0, gt=0, description="hours the default branch may fail")
    near_due_days: int = Field(5, ge=1, description="working days before the deadline that count as near")
    review_queue: float = Field(2.0, gt=0, description="pull requests that wait for a review, per active reviewer")
    review_share: float = Field(0.6, gt=0, le=1, description="share of the reviews that one person may give")
    late_start_time: float = Field(0.3, gt=0, le=1, description="share of the time after which work must have started")
    late_start_share: float = Field(0.1, gt=0, le=1, description="share of the items that must have started by then")
    ageing_factor: float = Field(1.5, gt=0, description="age in units of the team's own 85th percentile")
    wip_per_person: float = Field(1.5, gt=0, description="items in progress per active person")
    flaky_commits: int = Field(2, ge=1, description="commits a week on which a workflow both failed and passed")
    pull_request_lines: int = Field(400, ge=1, description="lines added and deleted in one pull request")
    single_owner_share: float = Field(0.75, gt=0, le=1, description="share of a path's commits by one author")
    quiet_days: float = Field(3.0, gt=0, description="working days without activity on any item")
    quiet_share: float = Field(0.1, ge=0, le=1, description="or this share of the working time left, if that is longer")
    concurrent_edits: float = Field(0.5, gt=0, description="files that two open pull requests share, rare ones count 1")
    overcommitted_probability: float = Field(
        0.5, gt=0, le=1, description="chance of finishing below which a sprint is overcommitted"
    )
    overcommitted_time: float = Field(0.3, ge=0, le=1, description="share of the time after which this is reported")
    untracked_share: float = Field(0.5, gt=0, le=1, description="share of open items that show no work")
    untracked_time: float = Field(0.5, ge=0, le=1, description="share of the time after which this is reported")


class ActionSettings(SettingsSection):
    """What to do today."""

    target: float = Field(0.8, ge=0.05, le=0.95, description="probability that the first actions aim at, 0-1")
