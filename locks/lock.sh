#!/bin/sh
# Resolve pyproject.toml into the universal locks: one resolution for Python 3.11 and newer, on Linux and macOS.
set -eu
.venv/bin/python -m pip install --quiet uv
for lock in run dev; do
    extra=""
    [ "$lock" = run ] || extra="--extra postgres --extra $lock"
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
        --custom-compile-command "make lock" --extra build $extra pyproject.toml -o "locks/$lock.txt"
done
