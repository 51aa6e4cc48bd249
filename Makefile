# rubricwidgets: everything a newcomer needs. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
STATIC := rubricwidgets/static
export PATH := $(CURDIR)/$(BIN):$(PATH)

JS_SOURCES := $(shell find js/src -type f 2>/dev/null) js/build.mjs js/scales.plugin.mjs js/scales.chunks.mjs js/tsconfig.json js/package.json
PYTEST_FLAGS ?=

.DEFAULT_GOAL := help
.PHONY: help lab test check build bench test-python test-js test-notebooks test-browser format clean chromium screenshots

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

lab: build ## environment, JavaScript build, JupyterLab on the quickstart notebook
	$(BIN)/jupyter lab notebooks/01_quickstart.ipynb

test: build chromium ## environment, build and every test: Python, JavaScript, notebooks, real browser
	$(MAKE) --no-print-directory test-js
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

check: build ## lint, formatting, types and architecture of both halves
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd js && npm run --silent check

build: $(STATIC)/.built ## the environment and the widgets' JavaScript

test-python: build ## Python tests without the browser
	$(BIN)/python -m pytest --ignore=tests/browser --ignore=tests/test_notebooks.py --ignore=tests/test_wheel.py $(PYTEST_FLAGS)

test-js: build ## JavaScript tests
	cd js && npm run --silent test

test-notebooks: build ## run every notebook from top to bottom
	$(BIN)/python -m pytest tests/test_notebooks.py $(PYTEST_FLAGS)

test-browser: build chromium ## tests in a real JupyterLab with Chromium
	$(BIN)/python -m pytest tests/browser $(PYTEST_FLAGS)

bench: build chromium $(STAMPS)/bench ## measure speed beside peers and print a table of ratios
	$(BIN)/python -m benchmarks.run

screenshots: build chromium ## make the README's pictures from the real widget
	$(BIN)/python -m tests.browser.screenshots

format: build ## format both halves
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	cd js && npm run --silent format

clean: ## remove the environment and everything built
	rm -rf $(VENV) $(STATIC) js/node_modules js/dist dist build

chromium: $(STAMPS)/python
	@$(BIN)/python tests/browser/chromium.py

$(STAMPS)/python: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "rubricwidgets takes Python 3.11 or newer (got %d.%d): make PYTHON=python3.11 ..." % sys.version_info[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[dev]'
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: js/package-lock.json js/package.json $(STAMPS)/python
	cd js && npm ci --silent
	touch $@

$(STATIC)/.built: $(JS_SOURCES) $(STAMPS)/node
	cd js && npm run --silent build
	touch $@

# Without what they depend on, which is there: one of them would take JupyterLab back to version 3, another numpy to 1.
$(STAMPS)/bench: pyproject.toml $(STAMPS)/python
	$(BIN)/uv pip install --quiet --python $(BIN)/python nltk tqdm
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps crowd-kit==1.4.2 irrcac==0.4.4 molabel==0.1.5 pigeonxt-jupyter==0.7.3
	touch $@
