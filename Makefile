# Two targets are all a user needs: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
MONTH ?= 2024-10

.PHONY: run test setup check lock clean

run: setup
	$(BIN)/dalian-eval run --month $(MONTH)

test: setup
	$(BIN)/python -m pytest
	$(MAKE) --no-print-directory check

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# What the code itself must satisfy: style, types, layers.
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Needs uv and the network; the lock holds hashes and no address.
lock:
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	  --no-header --all-extras pyproject.toml docs/build-requirements.in -o requirements.lock

clean:
	rm -rf $(VENV) runs data/processed/*
