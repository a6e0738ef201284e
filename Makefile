# Each target does its own set-up: a fresh Debian needs only `make` and `python3-venv`.
# PYTHON= picks the interpreter, 3.11 to 3.14; Lambda runs the version that packages.
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.14 python3.11; do \
	$$one -c '$(IN_RANGE)' 2>/dev/null && echo $$one && break; done)
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
PIP := pip<26.3

# An environment is ready when its stamp, keyed by interpreter and pins, is there; otherwise it is made or brought up to date.
VENV := .venv/.ready-$(VERSION)-$(shell cat requirements.txt requirements-dev.txt | sha256sum | cut -c1-12)
MINISTACK := .venv-ministack/.ready-$(VERSION)-$(shell sha256sum infra/ministack.txt | cut -c1-12)
PY := .venv/bin/python
RESULTS := build/test-results

export PORT STACK
# What is imported is compiled once, not by each process that tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: run demo test soak check bench package deploy help interpreter chromium style types test-fast test-features test-deployed test-browser

run: $(VENV) ## the whole platform in one process, with a demonstration city: http://localhost:8000 (PORT=)
	@exec $(PY) -m infra.local

demo: $(VENV) ## the main job on the demonstration city, from a sign-up to a report, told as a table
	@exec $(PY) -m infra.demo

# Two at a time: those on the deployed stack and in the browser often wait, and leave a core to the others.
test: style $(MINISTACK) ## everything, the packaged stack and the browser included
	@$(MAKE) -j 2 --output-sync=target test-deployed types test-fast test-features test-browser

soak: $(VENV) ## the full sizes, and whatever of the properties' examples nobody has tried yet
	$(PY) -m pytest -m soak tests --hypothesis-profile=searching --junit-xml=$(RESULTS)/soak.xml
	$(PY) -m pytest -n 2 -m "hypothesis and not soak" tests --ignore=tests/features --ignore=tests/browser \
		--hypothesis-profile=searching --junit-xml=$(RESULTS)/searched.xml

check: style types ## style, the direction of imports, and types

style: $(VENV)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-cache

types: $(VENV)
	.venv/bin/mypy

bench: $(VENV) ## cold starts and the engine's speed, as ratios and counts
	$(PY) -m tests.bench

package: $(VENV) ## the stack that ships, into build/package
	$(PY) -m infra.package

deploy: $(VENV) ## package, and create or update the stack (STACK=crier) in the shell's AWS account (ARGS=--help)
	$(PY) -m infra.deploy $(ARGS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' Makefile

test-fast: $(VENV)
	$(PY) -m pytest -n 2 --dist loadfile -m "not soak" tests --ignore=tests/features --ignore=tests/deployed --ignore=tests/browser \
		--junit-xml=$(RESULTS)/fast.xml

test-features: $(VENV)
	$(PY) -m pytest -n 2 --dist loadfile -m "not soak" tests/features --junit-xml=$(RESULTS)/features.xml

test-deployed: $(VENV) $(MINISTACK)
	$(PY) -m pytest -m "not soak" tests/features --stack=deployed --junit-xml=$(RESULTS)/deployed.xml

test-browser: $(VENV) chromium
	$(PY) -m pytest -n 2 -m "not soak" tests/browser --junit-xml=$(RESULTS)/browser.xml

chromium:
	@command -v chromium >/dev/null || ( \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
		$$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qy --no-install-recommends chromium )

interpreter:
	@test -n "$(VERSION)" && $(PYTHON) -c '$(IN_RANGE)' || \
		{ echo "Crier needs Python 3.11 to 3.14; name one: make PYTHON=python3.12 …" >&2; exit 1; }

# $(1): the environment. Made anew where it is absent, broken or of another Python.
define environment
	@$(1)/bin/python -m pip --version 2>/dev/null | grep -q 'python $(VERSION))' || $(PYTHON) -m venv --clear $(1)
	$(1)/bin/python -m pip install -q --disable-pip-version-check '$(PIP)'
	$(1)/bin/python -m pip install -q --disable-pip-version-check -r $(2)
	@touch $@
endef

$(VENV): | interpreter
	$(call environment,.venv,requirements-dev.txt)

$(MINISTACK): | interpreter
	$(call environment,.venv-ministack,infra/ministack.txt)
