# Two commands matter: `make run` and `make test`. `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Set on the command line (`make run PORT=8000`). An environment's own HOST, which some shells set to the name of
# the machine, does not count.
HOST = 127.0.0.1
PORT = 7860
MODEL = smollm2-135m-instruct
SECONDS = 600

BINARY := .build/release/pronk
BUILT := .build/product.stamp
# Folders are listed too: their time changes when a file in them comes or goes.
SOURCES := Package.swift $(shell find Sources)

.PHONY: help run build test test-full format lint bench fuzz clean

help: ## list every target and why one would use it
	@echo "Pronk: a Llama model behind the OpenAI API, on the CPU."
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo
	@echo "  Variables: HOST=$(HOST) PORT=$(PORT) MODEL=$(MODEL); PRONK_DATA says where models are kept."

run: $(BUILT) ## serve a model on http://HOST:PORT; the first time: install, build, fetch and pack what is missing
	@scripts/serve.sh $(BINARY) $(HOST) $(PORT) $(MODEL)

build: $(BUILT) ## build the release binary .build/release/pronk and nothing else

test: ## all tests, which CI runs too: under 20 minutes on 2 cores from a fresh clone
	@scripts/require.sh build python
	@scripts/test.sh

test-full: test fuzz bench ## the tests, then ten minutes of fuzzing, then the speed against its thresholds

format: ## rewrite the Swift sources in the house's format
	@scripts/require.sh swift
	swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

lint: ## check the format of Swift files and the syntax of scripts, and change nothing
	@scripts/require.sh swift
	@scripts/lint.sh

bench: $(BUILT) ## compare speed with llama.cpp, built here from its PyPI source package, on the same file
	@scripts/require.sh build python
	@Benchmarks/run.sh $(BINARY)

fuzz: ## feed broken files to the GGUF reader, for ten minutes or SECONDS=60
	@scripts/require.sh build
	@Tests/Fuzz/fuzz-gguf.sh $(SECONDS)

clean: ## remove what was built here; models stay
	rm -rf .build .build-* .venv

# The stamp, not the binary: the linker leaves the binary alone when a change makes no difference to it.
$(BUILT): $(SOURCES) $(if $(wildcard $(BINARY)),,missing-binary)
	@scripts/require.sh build
	swift build -c release --product pronk
	@touch $@

.PHONY: missing-binary
missing-binary:
