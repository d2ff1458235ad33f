# Every command of the project; `make` alone lists them. Variables go on the line or in the environment:
#   PORT=8000  HOST=127.0.0.1  DATA=data  DATABASE_URL=postgresql://…  ENGINE=sqlite|postgres  PYTHON=/path/to/python
# Variables on the line reach what is called, as make exports them. Nothing here has a path that could hold a space.
.DEFAULT_GOAL := help
.PHONY: help setup setup-run run demo test proof check shots lock vendor bench bench-walls bench-live clean
PY := .venv/bin/python

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 16

setup: ## install what is needed for working on Reconnect into .venv
	@sh .ci/python .ci/setup.py

setup-run:
	@sh .ci/python .ci/setup.py requirements.lock

run: setup-run ## start Reconnect (PORT=, HOST=, DATA=, DATABASE_URL=)
	@exec $(PY) manage.py serve

demo: setup-run ## the same with two made-up couples, in data/demo
	@DATA="$${DATA:-data/demo}" exec $(PY) manage.py serve --demo

test: setup ## run the tests on SQLite, then on PostgreSQL (ENGINE= for one, ARGS= for pytest)
	@$(PY) .ci/chromium.py >/dev/null
	@$(PY) .ci/pgbouncer.py >/dev/null
	@set -e; once=; for engine in $${ENGINE:-sqlite postgres}; do ENGINE=$$engine ONCE=$$once $(PY) -m pytest -n 3 --dist worksteal $(ARGS); once=done; done

proof: setup ## 10,000 steps of who may see what, on both databases; figures into docs/proof.md (STEPS=, SEED=, ENGINE=)
	@$(PY) .ci/proof.py

check: setup ## everything but the tests: style, types, templates, migrations, layers, deployment
	@$(PY) .ci/check.py

shots: setup ## take pictures of every page into shots/
	@$(PY) .ci/chromium.py >/dev/null
	@$(PY) -m tests.shots

lock: setup ## pin what pyproject.toml asks for, with hashes
	@$(PY) .ci/lock.py $(ARGS)

vendor: setup ## copy the pinned scripts and fonts of package.json into static/vendor/ (needs Node)
	@npm ci --ignore-scripts
	@$(PY) .ci/vendor.py

bench: setup ## measure pages against a bare Django project, and bytes over the wire
	@$(PY) -m bench.pages $(ARGS)

bench-walls: setup ## measure what the second wall costs, on PostgreSQL
	@$(PY) -m bench.walls $(ARGS)

bench-live: setup ## measure how fast the partner's page follows, and what open streams cost
	@$(PY) .ci/chromium.py >/dev/null
	@$(PY) -m bench.live $(ARGS)

clean: ## remove what was built or installed; your data stays
	@rm -rf .venv .build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache shots node_modules
