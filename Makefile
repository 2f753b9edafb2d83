# Two commands on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo demo-reset test check format bench soak tour lock clean

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The pinned lists are complete: pip installs them as they are, and does not look for what is newer.
$(VENV)/.installed: pyproject.toml config/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Peer Mentor needs Python 3.11 or newer; set PYTHON=/path/to/it.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement config/requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed config/requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement config/requirements-dev.txt
	@touch $@

install: $(VENV)/.installed ## make .venv with what a user needs

install-dev: $(VENV)/.installed-dev

demo: install ## the tool, its worker and a sandbox LMS with a course to click through
	$(BIN)/peer-mentor demo

demo-reset: install ## the same from a new, empty database
	$(BIN)/peer-mentor demo --reset

check: install-dev ## format, lint, types, import contracts, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates lti_tool/sandbox/templates

format: install-dev ## rewrite the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check ## everything: checks, unit, integration on SQLite and PostgreSQL, LTI conformance, browser
	$(BIN)/pytest --numprocesses auto --maxprocesses 2 --dist loadfile --ignore tests/browser
	# On its own: Playwright keeps an event loop in its process, in which the application's tests cannot run.
	$(BIN)/pytest tests/browser

bench: install-dev ## side-by-side timings, printed as tables
	$(BIN)/python -m tests.bench

soak: install-dev ## the fault tests with 200 killed workers
	PEER_MENTOR_KILLS=200 $(BIN)/pytest -rP -k killed tests/integration/outbox/test_workers.py

tour: install-dev ## take the pictures of docs/tour.md anew
	$(BIN)/python -m tests.browser.tour

lock: ## pin every version with its hashes
	uv pip compile pyproject.toml --extra build $(LOCK) --output-file config/requirements.txt
	uv pip compile pyproject.toml --extra build --extra dev $(LOCK) --constraints config/requirements.txt --output-file config/requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean:
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist build
