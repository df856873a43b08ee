SWIFT ?= swift
# Through the environment, so that a prompt may have quotes in it.
export DEMO_PROMPT ?= Explain in three sentences why the sky is blue.

spyre := .build/release/spyre
# Folders too, so that a file that was added or taken away counts as a change.
sources := Package.swift $(shell find Sources CSpyreKernels)

# The C library for programs that are not built by the package manager. The flags are those of Package.swift.
CLANG ?= clang
library := .build/library/libspyre.a
c_flags := -std=gnu17 -O3 -ffp-contract=off -fno-math-errno -fPIC
c_objects := $(patsubst %.c,.build/library/%.o,$(shell find CSpyreKernels -name '*.c'))

.PHONY: help demo build test library example-c dependencies format lint clean

help:
	@echo 'make demo          installs what is missing, builds, fetches the default model once, generates text'
	@echo 'make test          installs what is missing, runs every check'
	@echo 'make build         builds .build/release/spyre'
	@echo 'make library       builds .build/library/libspyre.a for C programs; link it with -lpthread -lm'
	@echo 'make example-c     builds and runs Examples/c/matmul.c with it'
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

library: $(library)

$(library): $(c_objects)
	$(AR) rcs $@ $^

.build/library/%.o: %.c $(shell find CSpyreKernels -name '*.h' -o -name '*.inc' -o -name '*.def')
	@mkdir -p $(@D)
	$(CLANG) $(c_flags) -ICSpyreKernels/include -c $< -o $@

example-c: $(library)
	$(CLANG) -ICSpyreKernels/include Examples/c/matmul.c $(library) -lpthread -lm -o .build/library/matmul
	.build/library/matmul

test: dependencies
	sh scripts/check-headers.sh
	test "$$($(MAKE) --silent example-c | tail -2 | tr '\n' ' ')" = '-2 3 -2 7.5 '
	$(SWIFT) build --build-tests
	@.build/debug/spyre pull || { \
	    echo 'spyre: without the default model the tests that need it are skipped' >&2; \
	    test -z "$$SPYRE_REQUIRE_MODEL"; }
	$(SWIFT) test --skip-build

dependencies:
	sh scripts/install-dependencies.sh

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

clean:
	$(SWIFT) package clean
