# Two commands matter: `make demo` and `make test`. Neither needs anything but Python ≥ 3.11.

PYTHON := $(shell for each in python3.13 python3.12 python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$each; break; }; done)
PORT ?= 8000
WORKERS ?= 1
BIN := .venv/bin
# Where 3.11 is missing, the interpreter of tox runs all tests.
ENVIRONMENTS = check,$(shell python3.11 -c '' 2>/dev/null && echo py311 || echo py),py313

.PHONY: demo demo-reset test bench docs clean

demo: .venv/installed
	$(BIN)/entrepot demo --port $(PORT) --workers $(WORKERS)

demo-reset: .venv/installed
	$(BIN)/entrepot demo --port $(PORT) --workers $(WORKERS) --reset

test: .venv/tox
	$(BIN)/tox run $(or $(TOX),-e $(ENVIRONMENTS))

bench: .venv/bench
	$(BIN)/python -m benchmarks $(BENCH)

docs: .venv/docs
	$(BIN)/python -m tests.docs.reference
	$(BIN)/python -m tests.docs.states
	$(BIN)/python -m tests.docs.personal_data
	$(BIN)/python -m tests.docs.permissions

clean:
	rm -rf .venv .tox var

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or put it on the PATH."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/tox: .venv/bin/python
	$(BIN)/python -m pip install --quiet "tox>=4.30"
	@touch $@

.venv/bench: .venv/installed
	$(BIN)/python -m pip install --quiet "psutil>=7.2" --editable ".[postgres]"
	@touch $@

.venv/docs: .venv/installed
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@
