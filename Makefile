SWIFT ?= swift
# Through the environment, so that a prompt may have quotes in it.
export DEMO_PROMPT ?= Explain in three sentences why the sky is blue.

spyre := .build/release/spyre
# Folders too, so that a file that was added or taken away counts as a change.
sources := Package.swift $(shell find Sources CSpyreKernels)

.PHONY: help demo build test library install uninstall examples gates gates-update mutants dependencies format lint clean

help:
	@echo 'make demo          installs what is missing, builds, fetches the default model once, generates text'
	@echo 'make test          installs what is missing, runs every check; the last line counts all tests'
	@echo 'make build         builds .build/release/spyre'
	@echo 'make library       builds libspyre.so and libspyre.a for C programs; make -C CSpyreKernels knows more'
	@echo 'make install       installs them with headers, pkg-config and CMake files under PREFIX (/usr/local)'
	@echo 'make examples      builds Examples/ from an installed copy, runs them, compares their results'
	@echo 'make gates         counts the instructions of the main kernels; fails where they grew'
	@echo 'make mutants       puts mistakes into a copy of the C core and expects its tests to see each'
	@echo 'make gates-update  takes the counts of now as those to compare with'
	@echo 'make dependencies  installs the system packages that are missing, and says which and why'
	@echo 'make format lint   formats the Swift sources; tells what is not formatted'
	@echo 'make clean         removes what was built'

# A package build costs seconds even when there is nothing to do, so that it runs only when a source is newer than
# the program.
$(spyre): $(sources)
	sh scripts/install-dependencies.sh
	$(SWIFT) build -c release --product spyre
	@touch $(spyre)

build: $(spyre)

demo: $(spyre)
	@$(spyre) pull
	@printf '> %s\n' "$$DEMO_PROMPT"
	@$(spyre) generate --chat --prompt "$$DEMO_PROMPT" --temperature 0 --max-tokens 128

library:
	$(MAKE) -C CSpyreKernels

install uninstall:
	$(MAKE) -C CSpyreKernels $@

examples:
	sh scripts/check-examples.sh

gates:
	sh Benchmarks/gates/run.sh

gates-update:
	sh Benchmarks/gates/run.sh --update

mutants:
	sh scripts/mutants.sh

test:
	sh scripts/install-dependencies.sh test
	sh scripts/check-headers.sh
	$(MAKE) --silent -C CSpyreKernels check
	sh scripts/check-examples.sh
	sh Benchmarks/gates/run.sh
	$(SWIFT) build --build-tests
	@.build/debug/spyre pull || { \
	    echo 'spyre: without the default model the tests that need it are skipped' >&2; \
	    test -z "$$SPYRE_REQUIRE_MODEL"; }
	@SWIFT="$(SWIFT)" sh scripts/test.sh

dependencies:
	sh scripts/install-dependencies.sh

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Examples Snippets

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Examples Snippets

clean:
	$(SWIFT) package clean
