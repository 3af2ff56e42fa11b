#!/bin/sh
# Resolve pyproject.toml into the universal locks: one resolution for Python 3.11 and newer, on Linux and macOS.
#   run.txt        what every user installs
#   dev.txt        the same, and what tests, checks and the documentation need
#   knowledge.txt  embeddings and the vector index on top of either; torch's CPU build, without its CUDA packages
set -eu
.venv/bin/python -m pip install --quiet uv
resolve() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
        --custom-compile-command "make lock" "$@" pyproject.toml
}
resolve --extra build -o locks/run.txt
resolve --extra build --extra postgres --extra dev --extra docs -o locks/dev.txt
resolve --extra knowledge -c locks/dev.txt -o locks/all.txt
pinned=$(mktemp)
sort locks/run.txt locks/dev.txt | sed 's/ *;.*//' | uniq > "$pinned"
# only what the other locks do not hold already
grep -vE '^(nvidia|cuda|triton|#)' locks/all.txt | grep -vFf "$pinned" > locks/knowledge.txt
rm "$pinned" locks/all.txt
