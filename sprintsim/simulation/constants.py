"""The constants of the simulated startup, each with its source; "judgement" where there is none.

Efforts are hours of undisturbed work of somebody whose skill is 1. Delays are hours at the desk. A pair is median
and sigma of a log-normal: the usual fit for the durations of tasks (Little, "Schedule Estimation and Uncertainty
Surrounding the Cone of Uncertainty", IEEE Software 2006).
"""

# ---------------------------------------------------------------- sprints

SPRINT_DAYS = 14  # calendar days; GitHub's default iteration, and the most common length (State of Agile surveys)
SPRINT_WORKING_DAYS = 10
PAST_SPRINTS = 4  # eight weeks of history: what the demo promises
DUE_IN_WORKING_DAYS = 5  # the sprint in progress is due on the fifth working day, today counted; judgement
# Planned effort over capacity per past sprint, in an order that the seed shuffles. Set so that about half of the
# sprints land, as in the public ones (Choetkiertikul et al., TSE 2018).
COMMIT_RATIOS = (0.25, 0.35, 0.55, 0.75)
PLANNED_SHARE = 0.75  # of focused time that reviews and defects leave for items; judgement
ASSIGNED_AT_PLANNING = 0.75  # judgement
ARRIVALS_PER_SPRINT = 2.0  # added items of a past sprint, Poisson; judgement, about a sixth of the commitment
ARRIVAL_DAYS = (1.0, 6.5)  # working days into the sprint, uniform; judgement
TAKE_OUT_DAY = 4  # the fifth working day: half-time
LATE_ITEMS_WAITED_FOR = 2  # with this few items left, the lead waits after the due date instead of moving them
DAYS_WAITED = 3  # judgement, as above

# ---------------------------------------------------------------- people

DAY_HOURS = 8.0
FOCUS = 0.7  # share of desk time that goes into items: 5.5 of 8 hours, as planning with ideal hours assumes; judgement
CHUNK_HOURS = 2.5  # effort after which a developer looks up and may do something else; judgement
IDLE_HOURS = 0.75  # until somebody without work looks again
LEAST_SKILL = 0.5  # from here on somebody takes items of a repository; judgement
WEEKEND_WORK = 0.04  # chance that a developer works some hours on a weekend day; judgement
WEEKEND_HOURS = 2.5
ABSENCES_PER_PERSON = 0.8  # over eight weeks; 25 days off a year give about this
ABSENCE_DAYS = (1, 4)
COMMENTED = 0.35  # chance of the occasional remark, question or thanks; judgement
ANSWER_DELAY = (2.5, 0.7)  # judgement
WAITING_IS_SAID_AFTER = (10, 24)  # hours at the desk, uniform; judgement

# ---------------------------------------------------------------- items

ITEM_EFFORT = (6.0, 0.5)  # judgement
BUG_EFFORT = (2.5, 0.7)  # judgement
LARGE_EFFORT = 16.0  # from here on work is shown as a draft while it goes on; judgement
DRAFT_FIRST = 0.1  # share of smaller items that do the same; judgement
RENAMED = 0.06  # judgement
# Share of closed items that are reopened: judgement, below the 6 to 26 % of bugs in large open-source trackers
# (Shihab et al., "Studying re-opened bugs", EMSE 2013), as most items here are no bugs.
REOPENED = 0.05
REOPEN_DELAY = (8.0, 0.5)
REOPEN_EFFORT = (2.0, 0.5)
BUGS_PER_WEEK = 2.0  # reported defects over all repositories, Poisson; judgement
BUG_URGENT = 0.35  # share of defects that enter the running milestone; judgement
BUG_NOT_PLANNED = 0.12  # judgement
BUG_DUPLICATE = 0.06  # judgement
TURN_DOWN_DELAY = (9.0, 0.5)
UPDATES_PER_WEEK = 2.0  # dependabot's pull requests over all repositories; judgement
UPDATE_DELAY = (14.0, 0.8)  # until somebody looks at one; judgement

# ---------------------------------------------------------------- pull requests

LINES_PER_HOUR = 16  # lines added per hour of effort; judgement
LINES_SPREAD = (1.0, 0.4)
REMOVED_SHARE = 0.3  # judgement
PULL_IN_MILESTONE = 0.35  # share of pull requests that are put into the milestone too, web and mobile; judgement
# The median latency of a review at Google is under four hours (Sadowski et al., "Modern Code Review", ICSE-SEIP
# 2018); a small team is about as fast and more uneven (judgement).
PICKUP_DELAY = (3.0, 0.8)
LATE_DAYS = 4  # calendar days before the due date from which a sprint's reviews come sooner,
LATE_PATIENCE = 0.4  # by this factor; judgement
REPAIR_PATIENCE = 0.1  # the same for what makes the default branch green again
LEAD_IS_ASKED = 2.0  # times as often as others who know the repository: the usual bottleneck
APPROVED_AT_ONCE = 0.55  # judgement
APPROVED_LATER = 0.8  # in each further round; judgement
MOST_ROUNDS = 3
CHANGES_REQUESTED = 0.7  # of the reviews that do not approve; the others only comment
REVIEW_HOURS_PER_LINE = 1 / 400  # 300 to 500 lines an hour: SmartBear's study at Cisco
REVIEW_HOURS_LEAST = 0.2
REVIEW_COMMENTS = 0.5  # chance of one more comment on a line
FIX_EFFORT = (0.8, 0.5)
MERGE_DELAY = (0.7, 0.6)
RETRY_MERGE_HOURS = 1.5
NUDGE_AFTER = 10.0  # hours at the desk until an author asks again for a review

# ---------------------------------------------------------------- scenarios, see troubles.py

AWAY_AT_START = (4, 5)  # working days, of ten
AWAY_IN_THE_MIDDLE = 5
FORGOTTEN_EFFORT = 16.0  # of an item that is begun and left alone: too much for one go
SHARED_FILE_EFFORT = 14.0  # of two items that change the same files: both take days
ALSO_LINES = 6
LEFT_OF_THE_TEAM = 3  # people who are there while the others are on leave
JUGGLING_HOURS = 1.0  # effort after which somebody who juggles turns to the item least done
ONLY_REVIEWER_DELAY = 3.0  # times as long as usual until somebody who gives all reviews looks

# ---------------------------------------------------------------- builds

CI_MINUTES = {"api": 7.0, "web": 11.0, "mobile": 19.0}  # judgement
CI_MINUTES_SIGMA = 0.25
CI_FAILS = {"api": 0.10, "web": 0.12, "mobile": 0.15}  # chance that a push is red for a reason; judgement
# Flaky: 1.5 % of test runs at Google (Micco, "Flaky tests at Google", 2016); browsers and phones are worse (judgement).
CI_FLAKY = {"api": 0.02, "web": 0.05, "mobile": 0.09}
RERUN_MINUTES = (5, 50)  # uniform
MAIN_BREAKS = 0.03  # share of merges that turn the default branch red although the branch was green; judgement
REPAIR_EFFORT = 1.5
