# Two commands matter: `make run` and `make test`. `make help` lists the rest.
# Set-up lives in console/setup/ and uses the standard library until it has installed something.

PYTHON ?= python3
VENV := .venv/bin
SETUP := $(PYTHON) -m console.setup.bootstrap
DATA ?=
# Bytecode is made on first import (the set-up makes none, which would take longer than to install); a shell
# that forbids Python to keep it would have every process, and every test's server, compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE
# A file's tests stay together: they share a running console. Three at a time for two cores, since browsers and
# servers wait for each other; in the order of the folders, so that the long files of few tests are not last.
PYTEST_SPREAD ?= -n 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run serve test check bench accuracy train demo-report soak detoxify lock clean python

help: ## Show what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing. Install it once: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Copydesk needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make run PYTHON=python3.12"; exit 1; }

run: python ## Set up what is missing, then run Copydesk with its demo company on 127.0.0.1:8000 (HOST, PORT)
	@$(SETUP) run
	@exec $(VENV)/python -m console.setup.start

serve: export COPYDESK_ENV = production
serve: python ## Run as in production: no demo; settings come from the environment (docs/settings.md)
	@$(SETUP) serve
	@exec $(VENV)/python -m console.setup.start --production

test: python ## Set up what is missing, Chromium and Detoxify included, then run all tests
	@$(SETUP) test
	@$(VENV)/python -m pytest $(PYTEST_SPREAD) $(PYTEST_ARGS)

check: python ## Format, lint, types, import contracts, templates, migrations = models
	@$(SETUP) check
	@$(VENV)/python -m console.setup.check

bench: python ## Measure speed against its bars; writes build/bench.json
	@$(SETUP) test
	@$(VENV)/python -m tests.benchmarks

accuracy: python ## Measure the checks on public data: make accuracy DATA=../shared/data
	@$(SETUP) test
	@$(VENV)/python -m tests.accuracy $(if $(DATA),--data "$(DATA)") $(ACCURACY_ARGS)

train: python ## Train the embedded toxicity engine anew: make train DATA=../shared/data
	@test -n "$(DATA)" || { echo "Say where the data are: make train DATA=../shared/data"; exit 2; }
	@$(SETUP) train
	@$(VENV)/python sdk/toxicity/training/train.py --data "$(DATA)" --out $(or $(OUT),build/toxicity)

demo-report: python ## List rules, terms, topics and facts of the demo company that no case uses
	@$(SETUP) check
	@$(VENV)/python -m flask --app app:app demo report

soak: python ## The long proofs (kills, fleets, fuzzing); writes build/soak.json
	@$(SETUP) test
	@COPYDESK_SOAK=1 $(VENV)/python -m pytest -m soak $(PYTEST_ARGS)

detoxify: python ## Add the Detoxify engine (needs torch, several hundred MB)
	@$(SETUP) detoxify

lock: python ## Resolve the dependencies anew into requirements/*.txt
	@$(SETUP) check
	@$(VENV)/python -m console.setup.lock

clean: ## Remove what the set-up made; keeps var/, where the data are
	rm -rf .venv build node_modules static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
