# Each command does its own set-up, in .venv, from python3 with venv and pip. Outside
# this folder only `make test` touches anything: as root on Debian it installs the
# browser and the database that some tests need; elsewhere those tests are skipped.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TO_TEST := $(VENV)/.ready-to-test
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
  --annotation-style line --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DELETE_ON_ERROR:
.PHONY: help brief test bench fuzz format texts lock clean system-tools
# libatomic1 is needed by the driver of the browser and is not on a bare Debian.
SYSTEM_TOOLS := chromium libatomic1 postgresql

help:
	@echo "make brief   write the brief of cuba-1962 into brief/"
	@echo "make test    ruff, mypy and every test"
	@echo "make bench   the speed figures"
	@echo "make fuzz    10,000 mutated crisis files against the loader and the brief"
	@echo "make format  lay out the code"
	@echo "make texts   collect the texts of the exercise's pages anew"
	@echo "make lock    renew both lock files after a change in pyproject.toml"
	@echo "make clean   remove .venv, brief/ and the caches"

brief: $(READY)
	$(BIN)/backchannel brief cuba-1962 --out brief

test: $(READY_TO_TEST) system-tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

bench: $(READY_TO_TEST)
	@set -e; for file in benchmarks/*/*.py; do \
	  echo "== $$file"; \
	  $(BIN)/python -m "$$(echo "$${file%.py}" | tr / .)"; \
	done

fuzz: $(READY_TO_TEST)
	$(BIN)/python -m benchmarks.fuzz_files

format: $(READY_TO_TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: $(READY_TO_TEST)
	$(BIN)/python -m tests.exercise.texts_in_source

# The stamps are written last, so a set-up that was cut short starts again, and one is
# older than its lock as soon as a pinned version changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "backchannel needs Python 3.11 or newer and '$(PYTHON)' is not; install" \
	       "one or name it, as in: make $(or $(MAKECMDGOALS),test) PYTHON=python3.12" >&2; \
	  exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no venv or no pip; on Debian or Ubuntu:" \
	       "apt install python3-venv python3-pip" >&2; \
	  exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  rm -rf $(VENV) && echo "Setting up $(VENV)" && $(PYTHON) -m venv $(VENV); }
	@echo "Installing the pinned packages (a few minutes the first time)"
	@$(INSTALL) --only-binary :all: --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(READY_TO_TEST): requirements-dev.lock $(READY)
	@echo "Installing the pinned tools of the tests"
	@$(INSTALL) --only-binary :all: --require-hashes --requirement requirements-dev.lock
	@touch $@

system-tools:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	    ! dpkg -s $(SYSTEM_TOOLS) >/dev/null 2>&1; then \
	  echo "Installing $(SYSTEM_TOOLS)"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	    apt-get -qq install --no-install-recommends $(SYSTEM_TOOLS) >/dev/null; } || \
	  echo "they could not be installed; the tests that need them are skipped" >&2; \
	fi

# In a virtual environment of its own: pip-tools is not needed to use the package.
# The second lock keeps every version of the first.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet pip-tools
	build/lock/bin/pip-compile $(LOCKED) --extra serve --extra build \
	  --output-file requirements.lock pyproject.toml
	build/lock/bin/pip-compile $(LOCKED) --all-extras \
	  --constraint requirements.lock \
	  --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) brief build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
