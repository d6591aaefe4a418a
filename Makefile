# Every target makes its own .venv; nothing has to be installed by hand. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check integration bench clean format
help:
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt adapters/zeebelet/pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Expected Python 3.11 or newer, but this is " + sys.version.split()[0] + ". Set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ./adapters/zeebelet -e '.[local,test,bench]'
	@touch $(STAMP)

demo: $(STAMP) ## the main job on embedded stand-ins: orders from Kafka to closed, with a timeline each
	$(BIN)/fsm demo

test: $(STAMP) ## all tests that need nothing else (under 10 minutes on 2 cores)
	$(BIN)/python -m pytest -m "not integration"

check: $(STAMP) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

integration: $(STAMP) ## the suites that need a JVM, Node or Debian's servers
	.ci/servers
	$(BIN)/python -m pytest -m integration

bench: $(STAMP) ## figures and ratios against peers, on this machine
	@for b in tests/benchmarks/*.py adapters/zeebelet/tests/benchmarks/*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

format: $(STAMP) ## apply the formatter and the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what the targets made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .fsm
