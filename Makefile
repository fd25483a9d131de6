SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
PYTHONS ?= 3.11 3.12 3.13
VENV ?= .venv

py := $(VENV)/bin/python
install := $(py) -m pip install --quiet --disable-pip-version-check -c constraints.txt
described := pyproject.toml constraints.txt
base := $(VENV)/.base-installed
dev := $(VENV)/.dev-installed
checked := src tests conftest.py $(wildcard examples)

.PHONY: help demo test coverage test-all laws soak bench examples docs lint build clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
		| while IFS='|' read -r target does; do printf '  make %-9s %s\n' "$$target" "$$does"; done

demo: $(base) ## carry one warranty job from request to closed, on SQLite
	@$(py) -m jobkit demo

test: lint ## lint, types, layers, then every test, docs block and example
	$(py) -m pytest -n auto --dist loadfile

coverage: $(dev) ## every test again, with branch coverage
	$(py) -m pytest -n auto --dist loadfile --cov --cov-report=term

test-all: ## make test on each of PYTHONS; fails if one is missing
	@for version in $(PYTHONS); do scripts/find_python.sh "$$version" >/dev/null; done
	@for version in $(PYTHONS); do \
		python=$$(scripts/find_python.sh "$$version"); \
		name=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "== Python $$name"; \
		$(MAKE) --no-print-directory test PYTHON="$$python" VENV=".venv-$$name"; \
	done

laws: $(dev) ## the properties alone, 2,000 examples each
	$(py) -m pytest tests/laws --hypothesis-profile=laws

soak: $(dev) ## the long runs
	$(py) -m pytest tests/soak -m soak

bench: $(VENV)/.bench-installed ## side by side with peers
	$(py) -m benchmarks

examples: $(base) ## run every example and show what it says
	@for story in examples/*.py; do echo "== $$story"; $(py) "$$story"; done

docs: $(VENV)/.docs-installed ## the pages, into site/
	$(py) -m mkdocs build --strict --quiet

lint: $(dev) ## style, format, types and layers
	$(py) -m ruff check .
	$(py) -m ruff format --check .
	$(py) -m mypy --strict $(checked)
	$(VENV)/bin/lint-imports --no-logo

build: $(VENV)/.release-installed ## wheel and sdist, checked, and the examples run on the wheel
	rm -rf dist
	$(py) -m build --outdir dist
	$(py) -m twine check --strict dist/*
	rm -rf $(VENV)-wheel
	$(py) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/python -m pip install --quiet -c constraints.txt "$$(ls dist/*.whl)[cli]"
	cd $$(mktemp -d) && for story in $(CURDIR)/examples/*.py; do $(CURDIR)/$(VENV)-wheel/bin/python "$$story" >/dev/null; done

clean: ## remove what the other targets made
	rm -rf .venv .venv-* build dist htmlcov site .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(base): $(described)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "jobkit needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
		exit 1; }
	@$(py) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(install) --upgrade pip
	@$(install) --editable '.[cli]'
	@touch $@

$(dev): $(base)
	@$(install) --group dev
	@touch $@

$(VENV)/.%-installed: $(base)
	@$(install) --group $*
	@touch $@
