# elplan. `make run` and `make test` set up what they need; `make help` says what else there is.
PY := .venv/bin/python
PORT ?= 8000
# The test server and its files are kept apart from the trial's, and may be thrown away.
TEST_HOME := ELPLAN_HOME=$(CURDIR)/var/test
WITH_TEST_DATABASE := $(TEST_HOME) $(PY) -m elplan.postgres with --throwaway

.DEFAULT_GOAL := help
.PHONY: help run stop worker test check fix plan lock set-up-app set-up-test

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s%s\n", $$1, $$2}' Makefile

run: set-up-app ## set everything up and serve http://127.0.0.1:8000 with a sample district (PORT=8010 for another port)
	@exec $(PY) -m elplan.launch --port $(PORT)

stop: ## stop the embedded database, should it have been left running
	@$(PY) -m elplan.postgres stop

worker: set-up-app ## one more background worker for a running elplan, here or on another host (see docs/operations.md)
	@exec $(PY) manage.py db_worker

test: set-up-test ## set everything up and run every test, those in a browser included
	@$(WITH_TEST_DATABASE) bin/test

check: set-up-test ## style, types, layers, migrations, settings
	@$(WITH_TEST_DATABASE) bin/check

fix: set-up-test ## mend what the tools can mend by themselves
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .
	@git ls-files '*.py' | xargs $(PY) -m django_upgrade --target-version 5.2 || true

plan: set-up-test ## list the requirements with the tests that show them, and write docs/plan.md
	@$(WITH_TEST_DATABASE) $(PY) manage.py plan --write

lock: set-up-test ## compile requirements/*.in to *.txt, with hashes and without addresses
	@cd requirements && for name in app test; do \
	  ../$(PY) -m uv pip compile --quiet --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 $$name.in -o $$name.txt; done

set-up-app:
	@bin/set-up app

set-up-test:
	@bin/set-up test
