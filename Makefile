# Two commands matter: `make run` and `make test`. `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Set on the command line (`make run PORT=8000`). An environment's own HOST, which some shells set to the name of
# the machine, does not count.
HOST = 127.0.0.1
PORT = 7860
SECONDS = 600
SEED = 1

BINARY := .build/release/pronk
BUILT := .build/product.stamp
SITE := .build/site.stamp
# Folders are listed too: their time changes when a file in them comes or goes.
SOURCES := Package.swift $(shell find Sources)
SITE_SOURCES := scripts/web.sh $(shell find web)

.PHONY: help run build test test-full format lint bench bench-peers fuzz chaos soak simulate clean

help: ## list every target and why one would use it
	@echo "Pronk: a Llama model behind the OpenAI API, on your machine, that costs nothing while nobody asks."
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo
	@echo "  Variables: HOST=$(HOST) PORT=$(PORT); PRONK_DATA says where models, settings and records are kept."

run: $(BUILT) $(SITE) ## start Pronk on http://HOST:PORT; the first time: install, build, fetch and pack what is missing
	@scripts/serve.sh $(BINARY) $(HOST):$(PORT)

build: $(BUILT) $(SITE) ## build the release binary .build/release/pronk and the chat site, and nothing else

test: ## all tests, which CI runs too: under 20 minutes on 2 cores from a fresh clone
	@scripts/require.sh build web python browser
	@scripts/test.sh

test-full: test fuzz chaos soak bench ## the tests, ten minutes each of fuzzing, kills and mixed load, then the speeds

format: ## rewrite the Swift sources in the house's format
	@scripts/require.sh swift
	swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

lint: ## check the format of Swift files and the syntax of scripts, and change nothing
	@scripts/require.sh swift
	@scripts/lint.sh

bench: $(BUILT) $(SITE) ## compare the engine with llama.cpp, the gateway with nginx alone, and measure the chat site
	@scripts/require.sh build python bench
	@Benchmarks/run.sh $(BINARY)
	swift build -c release --product gateway-benchmark
	@Benchmarks/gateway.sh
	@Benchmarks/site.sh

bench-peers: $(BUILT) ## the whole table of docs/performance.md: install every peer, measure all rows; takes hours
	@scripts/require.sh build python
	@Benchmarks/run.sh $(BINARY) all

simulate: ## replay one seed of the platform's simulation and show what happened: SEED=123
	@scripts/require.sh build
	swift build -c release --build-tests
	PRONK_SEED=$(SEED) swift test -c release --skip-build --disable-xctest --filter ControlTests.SimulationTests

fuzz: ## feed broken files to every reader, for ten minutes each or SECONDS=60
	@scripts/require.sh build
	@Tests/Fuzz/fuzz.sh all $(SECONDS)

chaos: $(BUILT) ## kill instances and the platform under load, for ten minutes or SECONDS=60
	@scripts/require.sh build python
	@Tests/Oracles/prepare.sh
	.venv/bin/python Tests/Chaos/chaos.py $(BINARY) "$${PRONK_TEST_DATA:-.build/test-data}" --seconds $(SECONDS)

soak: $(BUILT) ## mixed load on one engine, for ten minutes or SECONDS=3600 (TRACES=FOLDER): nothing may grow or fail
	@scripts/require.sh build python
	@Tests/Oracles/prepare.sh
	.venv/bin/python Tests/Soak/soak.py $(BINARY) "$${PRONK_TEST_DATA:-.build/test-data}" --seconds $(SECONDS) \
	    $(if $(TRACES),--traces $(TRACES))

clean: ## remove what was built here; models stay
	rm -rf .build .build-* .venv

# The stamp, not the binary: the linker leaves the binary alone when a change makes no difference to it.
$(BUILT): $(SOURCES) $(if $(wildcard $(BINARY)),,missing-binary)
	@scripts/require.sh build
	swift build -c release --product pronk
	@touch $@

# Beside the binary's folder, where the server looks for it.
$(SITE): $(SITE_SOURCES) | $(BUILT)
	@scripts/require.sh web
	scripts/web.sh "$$(readlink -f .build/release)/../share/pronk/web"
	@touch $@

.PHONY: missing-binary
missing-binary:
