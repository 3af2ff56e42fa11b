"""The constants of the simulated startup, each with its source; "judgement" where there is none.

Efforts are hours of undisturbed work of somebody whose skill is 1. Delays are hours at the desk.
"""

SPRINT_DAYS = 14  # calendar days; the most common length (State of Agile surveys), and GitHub's default iteration
PAST_SPRINTS = 4  # eight weeks of history: what the demo promises
DUE_IN_WORKING_DAYS = 5  # the sprint in progress is due on the fifth working day, today counted; judgement

# Efforts are log-normal: the usual fit for task durations (Little, "Schedule Estimation and Uncertainty
# Surrounding the Cone of Uncertainty", IEEE Software 2006). Median and spread are judgement for items of a sprint.
ITEM_EFFORT_MEDIAN = 6.0
ITEM_EFFORT_SIGMA = 0.5
BUG_EFFORT_MEDIAN = 2.5
BUG_EFFORT_SIGMA = 0.7
# Planned effort over capacity per past sprint, in the order that the seed shuffles: teams land about half of
# their sprints (Choetkiertikul et al., TSE 2018, label share near one half), so half are planned too full.
COMMIT_RATIOS = (0.25, 0.35, 0.55, 0.75)
FOCUS = 0.7  # share of desk time that goes into items: 5.5 of 8 hours, as planning with ideal hours assumes; judgement
DAY_HOURS = 8.0
CHUNK_HOURS = 2.5  # effort after which a developer looks up and may do something else; judgement

ARRIVALS_PER_SPRINT = 2.0  # added items of a past sprint, Poisson; judgement, near a tenth of the commitment
BUGS_PER_WEEK = 2.0  # reported defects over all repositories, Poisson; judgement
BUG_URGENT = 0.35  # share of defects that enter the running milestone
BUG_NOT_PLANNED = 0.12
BUG_DUPLICATE = 0.06
REOPENED = 0.05  # share of closed items that are reopened; judgement, below the 6 to 26 % of bugs in large
# open-source trackers (Shihab et al., "Studying re-opened bugs", EMSE 2013), as most items here are not bugs
RENAMED = 0.06

# Review: the median latency at Google is under four hours (Sadowski et al., "Modern Code Review", ICSE-SEIP 2018);
# a small team with one lead is slower and more uneven (judgement).
PICKUP_MEDIAN = 3.0
PICKUP_SIGMA = 0.8
APPROVED_AT_ONCE = 0.55  # further rounds are geometric; judgement between published 40 and 70 %
REVIEW_HOURS_PER_LINE = 1 / 400  # 400 lines an hour: SmartBear's Cisco study
REVIEW_HOURS_LEAST = 0.2
REVIEW_COMMENTS = 0.5  # chance of one more comment on a line
FIX_EFFORT_MEDIAN = 0.8
MERGE_DELAY_MEDIAN = 0.7
LINES_PER_HOUR = 16  # lines added per hour of effort; judgement
REMOVED_SHARE = 0.3
LARGE_EFFORT = 16.0  # from here on work is shown as a draft while it goes on; judgement
DRAFT_FIRST = 0.1  # share of smaller items that do the same

# CI: minutes, and the chance that a push is red for a reason (judgement), or by a flaky test: 1.5 % of test runs
# at Google (Micco, "Flaky tests at Google", 2016); browsers and phones are worse (judgement).
CI_MINUTES = {"api": 7.0, "web": 11.0, "mobile": 19.0}
CI_MINUTES_SIGMA = 0.25
CI_FAILS = {"api": 0.10, "web": 0.12, "mobile": 0.15}
CI_FLAKY = {"api": 0.02, "web": 0.05, "mobile": 0.09}
MAIN_BREAKS = 0.03  # share of merges that turn the default branch red although the branch was green; judgement

WEEKEND_WORK = 0.04  # chance that a developer works some hours on a weekend day; judgement
ABSENCES_PER_PERSON = 0.8  # over eight weeks, Poisson; 25 days off a year give about this
ABSENCE_DAYS = (1, 4)
BUMPS_PER_WEEK = 2.0  # dependabot's pull requests over all repositories
COMMENTED = 0.35  # chance of the occasional remark, question or thanks
LATE_ITEMS_WAITED_FOR = 2  # with this few items left, the lead waits after the due date instead of moving them
DAYS_WAITED = 3
