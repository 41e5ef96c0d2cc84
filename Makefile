.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh
PYTHON_HERE := .venv/bin/python
PYTEST := $(PYTHON_HERE) -m pytest -n 2 --dist worksteal
DEMO := demo
PORT := 8000
UNMARKED := not (slow or alone or postgresql or mysql or browser or trac)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

serve: install ## Set up, and serve a demo project on http://127.0.0.1:8000 (PORT=… for another)
	@$(PYTHON_HERE) -m trackside.hosting.demo $(DEMO)
	@exec .venv/bin/trackside serve --port $(PORT) --basic-auth $(DEMO),$(DEMO)/conf/htpasswd,Demo $(DEMO)

test: install-all lint types contracts ## Set up, and run every check and every test
	@if [ -s .cache/left-out ]; then \
	    export TRACKSIDE_TESTS_PARTIAL=1 TRACKSIDE_TESTS_LEFT_OUT="$$(tr '\n' ' ' <.cache/left-out)"; \
	fi; exec $(PYTEST)

check: install lint types contracts ## The quick part of `make test`: format, lint, types, contracts, fast tests
	$(PYTEST) -m "$(UNMARKED)"

install: ## Make .venv with everything that Python needs
	@scripts/setup.sh python

install-all: ## Install also what the tests need: database servers, a browser, Trac 1.6
	@scripts/setup.sh everything

format: install ## Format the code
	$(PYTHON_HERE) -m ruff format .
	$(PYTHON_HERE) -m ruff check --fix .

lint: install ## Check the format, and the rules of ruff
	$(PYTHON_HERE) -m ruff format --check .
	$(PYTHON_HERE) -m ruff check .

types: install ## Check the types, strictly
	$(PYTHON_HERE) -m mypy

contracts: install ## Check who imports whom
	@$(PYTHON_HERE) -m scripts.contracts

catalogue: install ## Collect every string for people into trackside/locale/trackside.pot
	$(PYTHON_HERE) -m scripts.catalogue

docs: install ## Write docs/reference from the code
	$(PYTHON_HERE) -m scripts.reference

screenshots: install-all ## Take the pictures of docs/guide with the demo project
	$(PYTHON_HERE) -m scripts.screenshots

bench: install-all ## Measure guest pages beside Trac 1.6
	$(PYTHON_HERE) -m scripts.bench

clean: ## Remove everything that these targets made, the demo project too
	rm -rf .venv .cache $(DEMO) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help serve test check install install-all format lint types contracts catalogue docs screenshots bench clean
