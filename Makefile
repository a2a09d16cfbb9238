# make help lists what there is. CI (.ci/run) runs the same targets.
GO ?= go
BIN ?= bin/tandem
FUZZTIME ?= 30s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := help

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the static binary, stripped, in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/tandem

# Three linters, and why no more. gofmt: nobody discusses layout. vet: what the compiler's authors think is a bug.
# staticcheck: bugs, dead code and deprecated calls with next to no false alarms; pinned, or a release of it breaks CI.
# What is particular to this code (who may import whom, no init, no mutable package variables, no clock in pure rooms,
# file length) is a test with reasons, internal/archtest, which `make test` runs. A linter that needs arguing with in
# comments all over the code would be one too many.
check: ## gofmt, vet, staticcheck
	@out=$$(gofmt -l cmd internal); if [ -n "$$out" ]; then echo "gofmt -w these:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

test: ## every test that needs nothing but Go
	$(GO) test ./...

race: ## the same with the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...

# Packages whose tests draw: pure rooms draw often, what has a database or a clock in it less often.
DRAWING = $(GO) list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./internal/... | grep -E 'pgregory.net/rapid|storetest' | cut -d' ' -f1
PURE = /internal/(record|expr|match|merge|mapping|plan|operation)$$

sim: ## the simulation, property tests and models, many more draws than in CI
	$(GO) test -count=1 -timeout 60m $$($(DRAWING) | grep -E '$(PURE)') -rapid.checks=20000
	$(GO) test -count=1 -timeout 60m $$($(DRAWING) | grep -vE '$(PURE)') -rapid.checks=500

fuzz: ## each fuzz target for a while (FUZZTIME=30s)
	@for pkg in $$($(GO) list ./internal/...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg 2>/dev/null | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; \
	    $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg || exit 1; \
	  done; done

bench: ## go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

demo: ## the whole main job on simulated accounts
	$(GO) run ./cmd/tandem demo

nightly: check race sim fuzz bench ## what takes longer than CI allows; run it before an issue is closed

.PHONY: help build check test race sim fuzz bench demo nightly
