"""Fitting what the package ships: simulated sprints, the item model, and how alike simulated and real projects are.

Not part of the wheel: a team that uses the workbench never runs it. `benchmarks/` does.
"""
