# make demo    a technical expert group alive in the browser (PORT=8000; FRESH=1 builds it anew)
# make test    everything that must hold
# Both do all set-up on a fresh machine with Python 3.11 to 3.13.

SHELL := /bin/sh
PORT ?= 8000
FRESH ?=
JOBS ?= 2
# The tests choose their own settings; what a shell exports must not decide.
PLAIN := env -u DJANGO_SETTINGS_MODULE
# Enough to import the settings; no server is asked.
STATIC_ENV := $(PLAIN) SECRET_KEY=static-checks ALLOWED_HOSTS=localhost DATABASE_URL=postgres:///nowhere?host=/nonexistent
BIN := .venv/bin
PACKAGES := accounts charter consulting expertgroup journal members proposals treasury tests

.PHONY: help install install-demo demo test check format browser bench torture screenshots lock messages

help:
	@sed -n 's/^# //p' Makefile

install:
	@scripts/install requirements-dev.lock

install-demo:
	@scripts/install requirements.lock requirements-embedded.lock

demo: install-demo
	@$(PLAIN) PORT='$(PORT)' FRESH='$(FRESH)' $(BIN)/python -m expertgroup.launcher

browser: install
	@scripts/browser

test: check browser
	$(PLAIN) $(BIN)/pytest -n $(JOBS) --dist loadgroup

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(STATIC_ENV) $(BIN)/mypy $(PACKAGES)
	$(STATIC_ENV) $(BIN)/lint-imports
	$(STATIC_ENV) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

bench: install
	$(PLAIN) $(BIN)/python -m tests.bench $(ONLY)

torture: install
	$(PLAIN) $(BIN)/pytest -n $(JOBS) --dist loadgroup -m torture

# The pictures of docs/screenshots/, from a demo of its own.
screenshots: browser
	$(PLAIN) $(BIN)/python -m tests.journeys.screenshots

# Hash-locked and without a host name; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group embedded --constraint requirements.lock --output-file requirements-embedded.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

# Collects every marked text into the catalogue, keeps what is translated, compiles.
messages: install
	@$(STATIC_ENV) $(BIN)/python manage.py messages
