SWIFT ?= swift

.PHONY: dependencies test

dependencies:
	sh scripts/install-dependencies.sh

test: dependencies
	$(SWIFT) test
