# Schoolbell: everything from Python and make. `make` alone lists what there is.

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet --quiet --no-input
LOCK := ../$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
# Those first for which every wheel exists.
CANDIDATES := python3.12 python3.11 python3.13 python3 python

# What settings need to be imported at all; nothing of it is connected to.
CHECK_ENV := DEBUG=true DB_USER=check DB_PASSWORD=check
DEPLOY_ENV := DEBUG=false DB_USER=check DB_PASSWORD=check REDIS_PASSWORD=check \
  SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG \
  ALLOWED_HOSTS=portal.example BASE_URL=https://portal.example

.DEFAULT_GOAL := help
.PHONY: help up test sweep sweep-faults drill bench bench-reports stack-up stack-roll stack-test stack-down \
  deploy-check check fix messages lock clean

help: ## list what there is
	@echo "Schoolbell"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  PORT and SCHOOLBELL_HOME (default var/) choose where \`make up\` runs."

up: $(VENV)/base.stamp ## run everything in this terminal: servers, portal, workers; Ctrl-C stops
	@exec $(PYTHON) -m infra.local

test: $(VENV)/dev.stamp ## run the tests; ARGS= goes to pytest
ifdef ARGS
	@exec $(PYTHON) -m pytest $(ARGS)
else
	@$(PYTHON) -m pytest --ignore tests/faults
	@# The drill measures how soon all is well again: no other stack may run beside it.
	@$(PYTHON) -m pytest -n 1 tests/faults
endif

sweep: $(VENV)/dev.stamp ## go through all there is: every page, route and operation by role
	@exec $(PYTHON) -m pytest -m sweep --ignore tests/faults

sweep-faults: $(VENV)/dev.stamp ## those of the drill's faults that are quick, as tests
	@exec $(PYTHON) -m pytest -m sweep -n 1 tests/faults

drill: $(VENV)/dev.stamp ## one fault after the other under load; FAULT=list, FAULT=name, SEED=
	@exec $(PYTHON) -m tests.faults.drill

bench: $(VENV)/bench.stamp ## measure against Celery and others on the same PostgreSQL and Redis; ARGS=--help
	@exec $(PYTHON) -m tests.bench $(ARGS)

bench-reports: $(VENV)/bench.stamp ## measure how fast reports are written, beside others; ARGS=--help
	@$(PYTHON) -m tests.bench.reports $(ARGS)
	@exec $(PYTHON) -m tests.bench.reports.whole

stack-up: $(VENV)/base.stamp ## build the images and run the real stack in containers, from .env (made where there is none)
	@exec $(PYTHON) -m infra.compose up

stack-roll: $(VENV)/base.stamp ## replace the running stack's containers by newly built ones, no request lost
	@$(PYTHON) -m infra.compose build
	@exec $(PYTHON) -m infra.compose roll

stack-test: $(VENV)/dev.stamp ## build the real stack, try it from outside, break it, and remove it again; ARGS= goes to pytest
	@exec $(PYTHON) -m pytest -n 0 -m stack $(or $(ARGS),tests/stack)

stack-down: $(VENV)/base.stamp ## end the real stack; its data stays, with ARGS=--volumes it does not
	@exec $(PYTHON) -m infra.compose down $(ARGS)

deploy-check: $(VENV)/base.stamp ## refuse an .env that is not safe for production; ENV=file
	@exec $(PYTHON) -m core.deploy_check $(or $(ENV),.env)

check: $(VENV)/dev.stamp ## format, lint, types, layers, Django's own checks, migrations, docs/events.md, docs/metrics.md, texts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(CHECK_ENV) $(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(CHECK_ENV) $(PYTHON) manage.py check
	$(DEPLOY_ENV) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(CHECK_ENV) $(PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(CHECK_ENV) $(PYTHON) manage.py events --check
	$(CHECK_ENV) $(PYTHON) manage.py metrics --check
	$(CHECK_ENV) $(PYTHON) manage.py messages --check
	@command -v promtool >/dev/null || \
	  echo "######## NO PROMTOOL HERE (Debian: prometheus): PROMQL OF ALERTS IS NOT CHECKED ########" >&2

fix: $(VENV)/dev.stamp ## format, and repair what the linter can repair
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

messages: $(VENV)/dev.stamp ## collect new texts into core/locale/, and compile what is translated there
	$(CHECK_ENV) $(PYTHON) manage.py messages

lock: $(VENV)/dev.stamp ## write requirements/*.txt anew from the *.in files; ARGS=--upgrade renews all
	@echo "Locking requirements/*.txt ..."
	@cd requirements && $(LOCK) --output-file base.txt base.in $(ARGS)
	@cd requirements && $(LOCK) --constraint base.txt --output-file portal.txt portal.in $(ARGS)
	@cd requirements && $(LOCK) --constraint base.txt --output-file client.txt client.in $(ARGS)
	@cd requirements && $(LOCK) --constraint base.txt --output-file dev.txt dev.in $(ARGS)
	@cd requirements && $(LOCK) --constraint dev.txt --output-file bench.txt bench.in $(ARGS)

clean: ## remove the virtual environment and the tools' caches; var/ with its data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-output
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(VENV)/base.stamp: requirements/base.txt $(VENV)/made.stamp
	@echo "Installing what Schoolbell runs on (about half a minute the first time) ..."
	@$(PIP) install --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/base.txt $(VENV)/made.stamp
	@echo "Installing what Schoolbell's tests and checks need (about a minute the first time) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/base.stamp

# Beside the other packages: psycopg 3, which comes with a peer, would change Django for all.
$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/dev.stamp
	@echo "Installing what the benchmark compares Schoolbell with ..."
	@rm -rf $(VENV)/peers
	@$(PIP) install --require-hashes --target $(VENV)/peers -r requirements/bench.txt
	@touch $@

# A name on the path may be a shim that cannot run, and a Python may lack venv: each is tried.
$(VENV)/made.stamp:
	@for candidate in $(CANDIDATES); do \
	  $$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    2>/dev/null || continue; \
	  echo "Making $(VENV) with $$($$candidate --version) ..."; \
	  rm -rf $(VENV); \
	  $$candidate -m venv $(VENV) && touch $@ && exit 0; \
	done; \
	echo "Schoolbell needs Python 3.11 or newer with venv and ensurepip (Debian: apt-get install python3-venv)." >&2; \
	exit 1
