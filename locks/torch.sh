#!/bin/sh
# On Linux the package index's torch is a CUDA build of some 3 GB: take the CPU build where one can be had.
# Tried in this order: what pip is configured to find, PyTorch's own index, the CUDA build. The CPU builds are not on the
# package index, so their hashes are not in the lock: pip checks those that PyTorch's index names.
[ "$(uname -s)" = Linux ] || exit 0
version=$(sed -n 's/^torch==\([^ ;]*\).*/\1/p' locks/knowledge.txt)
pip=".venv/bin/python -m pip --disable-pip-version-check --quiet install"
.venv/bin/python -c "import torch, sys; sys.exit(torch.__version__.split('+')[0] != '$version')" 2>/dev/null && exit 0
$pip --no-deps "torch==$version+cpu" >/dev/null 2>&1 && exit 0
$pip --no-deps --retries 1 --index-url https://download.pytorch.org/whl/cpu "torch==$version+cpu" >/dev/null 2>&1 && exit 0
echo "No CPU build of torch was found: installing the CUDA build, which takes long and some 3 GB."
$pip "torch==$version"
