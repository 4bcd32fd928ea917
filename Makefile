# Two commands matter: `make run` and `make test`. What they need goes into .venv, app/frontend/node_modules and
# app/web/static/dist, and nowhere else; a stamp under .venv/.done says what is done, so that a second call starts at once.
# Only `make test` asks for Debian packages, and only where it may (scripts/system-packages.sh).

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.done
FRONTEND := app/frontend
DIST := app/web/static/dist
MAKEFLAGS += --no-print-directory
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
  --no-build-isolation --use-pep517

# A copied folder or an upgraded Python leaves a .venv that no longer works: forget what was done in it.
$(shell [ "$$(cat $(DONE)/home 2>/dev/null)" = "$$(pwd) $$(readlink -f $(BIN)/python)" ] || rm -rf $(DONE))

FRONTEND_SOURCES := $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(shell find app admin -name node_modules -prune -o -name '*.po' -print))
HAS_FRONTEND := $(wildcard $(FRONTEND)/package-lock.json)

.PHONY: help install run demo-reset test quick bench mutants chaos lint fresh lock messages diagrams screenshots card clean

help: ## say what can be asked for
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{printf "%-20s %s\n", $$1, $$2}'

install: $(DONE)/base $(DONE)/launcher $(if $(HAS_FRONTEND),$(DIST)/.done) $(CATALOGUES) ## .venv, front end and translations

run: install card ## install what is missing, then start the portal with its demo data
	@exec $(BIN)/nintei run --demo

demo-reset: install ## throw the demo's data away, so that the next `make run` starts over (stop the portal first)
	@exec $(BIN)/nintei demo-reset --yes

test: ## every check there is: ruff, mypy, import rules, message catalogues, tests. ARGS="tests/engine -k join" narrows it
	@sh scripts/system-packages.sh
	@$(MAKE) install $(DONE)/dev $(DONE)/token $(DONE)/provider
	@$(MAKE) card
	@$(BIN)/python scripts/check.py $(ARGS)

quick: install $(DONE)/dev $(DONE)/provider ## one test in seconds, nothing else: ARGS="tests/engine/test_state.py -k marked"
	@$(BIN)/python -m pytest -p no:cacheprovider -x $(ARGS)

lint: $(DONE)/base $(DONE)/dev ## the checks that need no running portal
	@$(BIN)/python scripts/check.py --lint-only

bench: install $(DONE)/dev ## times a step, a task, pages and what a running portal serves; ARGS="requests" measures that alone
	@$(BIN)/python -m tests.bench $(ARGS)

mutants: install $(DONE)/dev ## put small mistakes into a copy of the storage and see that a named test notices each
	@$(BIN)/python -m tests.mutants $(ARGS)

chaos: install $(DONE)/dev ## kill, freeze and disturb a running portal for a while, then look for what is lost or twice. ARGS="--seed 11 --seconds 520 --database postgres"
	@$(BIN)/python -m tests.chaos $(ARGS)

screenshots: install $(DONE)/dev ## take the pictures of docs/images anew
	@$(BIN)/python scripts/screenshots.py

fresh: ## make a machine that has never seen Nintei, run `make test` there, say what it lacks (root; ARGS="--user make install")
	@sh scripts/fresh-machine.sh $(ARGS)

messages: $(DONE)/base ## bring the message catalogues up to what the sources say
	@$(BIN)/python scripts/messages.py update

diagrams: $(DONE)/base ## bring the diagrams in bpmn/ into the form in which the portal writes them
	@$(BIN)/python scripts/diagrams.py

lock: $(DONE)/dev ## renew the pinned versions and hashes in config/locks
	@sh scripts/lock.sh

card: $(DONE)/base
	@sh scripts/card.sh

clean: ## remove all that make made; the data in var/ stays
	rm -rf $(VENV) $(FRONTEND)/node_modules $(DIST)
	rm -f $(CATALOGUES)

$(DONE)/venv: scripts/venv.sh
	@sh scripts/venv.sh $(VENV)
	@mkdir -p $(DONE)
	@echo "$$(pwd) $$(readlink -f $(BIN)/python)" > $(DONE)/home
	@touch $@

$(DONE)/base: config/locks/build.lock config/locks/base.lock | $(DONE)/venv
	@echo "Installing Python packages (about a minute the first time) ..."
	@$(PIP) -r config/locks/build.lock
	@$(PIP) -r config/locks/base.lock
	@touch $@

$(DONE)/dev: config/locks/dev.lock | $(DONE)/base
	@echo "Installing test tools ..."
	@$(PIP) -r config/locks/dev.lock
	@touch $@

$(DONE)/token: config/locks/token.lock | $(DONE)/base
	@$(PIP) -r config/locks/token.lock || echo "python-pkcs11 cannot be installed here; a PKCS#11 token cannot be used"
	@touch $@

# The provider of identities of another maker, at which the tests sign in.
$(DONE)/provider: tests/support/provider/package.json tests/support/provider/package-lock.json | $(DONE)/base
	@node=$$(sh scripts/node.sh) && mkdir -p $(VENV)/provider && \
	  cp tests/support/provider/package.json tests/support/provider/package-lock.json $(VENV)/provider && \
	  cd $(VENV)/provider && PATH="$$node:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(DONE)/launcher: scripts/launcher.py | $(DONE)/venv
	@$(BIN)/python scripts/launcher.py
	@touch $@

$(FRONTEND)/node_modules/.done: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json | $(DONE)/base
	@echo "Installing front-end packages ..."
	@node=$$(sh scripts/node.sh) && cd $(FRONTEND) && \
	  PATH="$$node:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST)/.done: $(FRONTEND_SOURCES) $(FRONTEND)/node_modules/.done
	@echo "Building the front end ..."
	@node=$$(sh scripts/node.sh) && cd $(FRONTEND) && PATH="$$node:$$PATH" node build.mjs
	@mkdir -p $(DIST) && touch $@

%.mo: %.po | $(DONE)/base
	@$(BIN)/pybabel --quiet compile -i $< -o $@
