"""Risks whose entry of the playbook applies as it is: nothing to compute, only the items to name."""

# kind of risk -> (entry of the playbook, what teams do about its items)
PLAYS = {
    "review_bottleneck": ("PB-016", "Add a second default reviewer for {items}, and rotate weekly."),
    "late_start": ("PB-011", "Take one item a person, the riskiest dependency first: {items}."),
    "ageing_work": ("PB-005", "Raise {items} first in the next stand-up: swarm for half a day, or put it back."),
    "quiet_milestone": ("PB-005", "Ask in the next stand-up what becomes of {items}, and write it on the item."),
    "too_much_wip": ("PB-012", "Set a limit for work in progress and finish the oldest first: {items}."),
    "oversized_pull_request": ("PB-004", "Split {items} along files or layers; land the pure refactoring first."),
    "concurrent_edits": ("PB-008", "Tell both authors, agree an order for {items}, and rebase the smaller one."),
    "flaky_ci": ("PB-014", "Quarantine the flaky test with an owner and a date; do not run it again silently."),
    "untracked_board": ("PB-020", "Link pull requests to {items} with closing keywords, so that work can be seen."),
    "single_ownership": ("PB-015", "Make the next change of {items} in a pair, or have a second person review it."),
}
