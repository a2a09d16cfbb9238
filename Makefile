# make help lists what there is. CI runs the same targets.
GO ?= go
BIN ?= bin/tandem

.DEFAULT_GOAL := help

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the static binary, stripped
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/tandem

check: ## formatting, vet, staticcheck
	@out=$$(gofmt -l cmd internal); if [ -n "$$out" ]; then echo "gofmt -w these:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

test: ## every test that needs nothing but Go
	$(GO) test ./...

race: ## the same with the race detector
	CGO_ENABLED=1 $(GO) test -race ./...

sim: ## property tests and models, many more draws than in CI
	$(GO) test ./internal/merge ./internal/mapping ./internal/record -rapid.checks=20000

fuzz: ## each fuzz target for a while (FUZZTIME=30s)
	@for pkg in $$($(GO) list ./internal/...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg 2>/dev/null | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-30s} $$pkg || exit 1; done; done

bench: ## go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

nightly: check race sim fuzz bench ## what takes longer than CI allows

.PHONY: help build check test race sim fuzz bench nightly
