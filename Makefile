# Every target makes its own .venv; nothing has to be installed by hand. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check integration deploy-check wheels site bench clean format
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
	$(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder -m "not integration and not deploy"

check: $(STAMP) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

integration: $(STAMP) ## the suites that need a JVM, Node or Debian's servers
	.ci/servers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt 'playwright>=1.50' 'axe-playwright-python>=0.1.5' 'mkdocs>=1.6'
	$(BIN)/python -m pytest -m integration

DEPLOY := .venv-deploy
$(DEPLOY)/.installed: pyproject.toml
	$(PYTHON) -m venv $(DEPLOY)
	$(DEPLOY)/bin/python -m pip install --quiet --disable-pip-version-check $$($(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["deploy"])')
	@touch $@

deploy-check: $(STAMP) $(DEPLOY)/.installed ## every manifest, chart, policy, workflow and Terraform file held to its schema and our rules
	$(DEPLOY)/bin/python deploy/check.py
	$(DEPLOY)/bin/yamllint -d '{extends: relaxed, rules: {line-length: disable}}' deploy/k8s deploy/kong deploy/camunda deploy/versions.yaml .github
	$(DEPLOY)/bin/hadolint deploy/docker/Dockerfile
	$(DEPLOY)/bin/shellcheck .ci/run .ci/servers
	$(DEPLOY)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(DEPLOY)/bin/zizmor --offline --quiet .github
	$(DEPLOY)/bin/python -m pytest -q -c /dev/null --rootdir . --import-mode=importlib -p no:cacheprovider tests/deploy/test_chart.py

wheels: $(STAMP) ## both wheels, the models inside, in dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist ./adapters/zeebelet .

site: $(STAMP) ## the documentation as a site, in site/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt 'mkdocs>=1.6'
	$(BIN)/mkdocs build --strict --quiet -f deploy/site/mkdocs.yml

bench: $(STAMP) ## figures and ratios against peers, on this machine
	@for b in tests/benchmarks/*.py adapters/zeebelet/tests/benchmarks/*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

format: $(STAMP) ## apply the formatter and the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what the targets made
	rm -rf $(VENV) $(DEPLOY) build dist site *.egg-info .mypy_cache .ruff_cache .fsm
