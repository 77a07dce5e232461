# Recipes for people and for CI.  `make run` and `make test` set up what they need, and are quick the second time.
#
#   make run      a demonstration: what the guard says to a few tool calls
#   make test     every test, real clients included
#   make check    formatting, lints, types, import directions, generated pages, then every test
#   make bench    how long a decision takes, beside other guards, and what the supervisor costs
#   make soak     the supervisor for ten minutes: killed, restarted, 5,000 approvals
#   make docs     the generated pages
#   make setup    all of the above, prepared
#   make clean    everything that the recipes made

PYTHON ?= python3
# One more than the cores that CI has: tests of clients and of the page wait more than they work.
WORKERS ?= 3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

.PHONY: setup run test check lint bench soak docs clean setup-tests setup-bench
.DEFAULT_GOAL := run

setup: setup-tests

run: $(VENV)/.runtime
	@$(BIN)/leashd demo

test: setup-tests
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal

check: lint test

lint: setup-tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/leashd docs --check

bench: setup-bench
	@$(BIN)/python -m tests.bench.bench
	@$(BIN)/python -m tests.bench.work
	@$(BIN)/python -m tests.bench.load

soak: $(VENV)/.dev
	@$(BIN)/python -m tests.bench.soak

docs: $(VENV)/.runtime
	@$(BIN)/leashd docs

clean:
	rm -rf $(VENV) .bench tests/clients/node_modules tests/leashd_supervisor/page/node_modules tests/schemas/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-tests: $(VENV)/.dev
	@sh .ci/clients
	@sh .ci/page
	@sh .ci/schemas

setup-bench: setup-tests
	@sh .ci/rivals $(BIN)/python
	@sh .ci/venv $(BIN)/python .bench/installed "$(UV)"
	@$(subst $(BIN)/python,.bench/installed/bin/python,$(INSTALL)) --force-reinstall .

$(VENV)/.runtime: pyproject.toml
	@echo "setting up $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "leashd needs Python 3.10 or newer: make PYTHON=/path/to/python3"; exit 1; }
	@sh .ci/venv "$(PYTHON)" "$(VENV)" "$(UV)"
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(INSTALL) --group dev
	@touch $@
