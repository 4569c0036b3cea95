# Two targets are all a user needs: `make run` and `make test`. Python 3.11.5 or newer.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MONTH ?= 2024-10
RAW ?= data/demo

.PHONY: run test setup setup-dev check lock bundle clean

# The demo county, where it lies; RAW=data/raw for one's own exports.
run: setup
	$(BIN)/dalian-eval run --month $(MONTH) --raw $(RAW)

test: setup-dev
	$(BIN)/python -m pytest
	$(MAKE) --no-print-directory check

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

ENOUGH := import sys; sys.exit(sys.version_info < (3, 11, 5) and \
  "需要 Python 3.11.5 或更新的 3.11，这个是 " + sys.version.split()[0])

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c '$(ENOUGH)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# What tests, types and benchmarks need besides: the same versions of everything else.
$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

# What the code itself must satisfy: style, types, layers.
check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Needs uv and the network; the locks hold hashes and no address.
LOCK := uv pip compile --quiet --generate-hashes --universal --python-version 3.11.5 \
  --no-emit-index-url --no-header pyproject.toml docs/build-requirements.in
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --all-extras --constraint requirements.lock -o requirements-dev.lock

# What is installed without network, a zip per platform in dist/; needs the network itself.
bundle: setup
	$(BIN)/python -m dalian_eval.bundle.make

clean:
	rm -rf $(VENV) runs data/processed/*
