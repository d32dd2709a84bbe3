# Every step of development and CI is a target here. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION   := $(shell sed -nE 's/^  version: *//p' builder-config.yaml)
COLLECTOR := bin/msp-collector
IMAGE     ?= msp-collector:dev
DELIVERY  ?= -rounds 3
SOURCES   := $(shell find components extension internal distribution/otelcol -name "*.go" -o -name go.mod -o -name default.pgo -o -path "*/assets/*")
MODULES   := . test tools
export GOTOOLCHAIN := local

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 16

.PHONY: build
build: $(COLLECTOR) ## Build the collector into bin/ (a cold build takes 4 to 7 minutes)

$(COLLECTOR): $(SOURCES) go.mod go.sum
	@echo "building $@; the first time takes 4 to 7 minutes"
	cd distribution/otelcol && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o ../../$@ .

.PHONY: convert
convert: bin/msp-collector-convert ## The command that prints a prometheus.yml as a configuration of the collector: a link

bin/msp-collector-convert: $(COLLECTOR)
	ln -sf msp-collector $@

bin/prometheus bin/promtool: test/go.mod test/go.sum
	@echo "building $@, for the quick start and the tests"
	cd test && go build -o ../$@ github.com/prometheus/prometheus/cmd/$(notdir $@)

bin/node_exporter: test/go.mod test/go.sum
	cd test && go build -o ../$@ github.com/prometheus/node_exporter

bin/vmagent: test/bench/vmagent/go.mod
	go build -C test/bench/vmagent -o ../../../$@ github.com/VictoriaMetrics/VictoriaMetrics/app/vmagent

bin/quickstart: $(shell find test/quickstart test/harness -name '*.go' 2>/dev/null) test/go.mod
	cd test && go build -o ../$@ ./quickstart

.PHONY: run
run: build bin/prometheus bin/quickstart ## Quick start: deliver to a local Prometheus behind an AccessKey pair
	@bin/quickstart

.PHONY: test
test: unit e2e ## Unit tests with the race detector, then end-to-end tests of the built binary

.PHONY: unit
unit: ## Unit tests with the race detector
	go test -race ./...

.PHONY: e2e
e2e: build convert image packages chromium bin/debian.tar bin/cyclonedx-gomod bin/prometheus bin/promtool bin/node_exporter bin/quickstart bin/helm ## End-to-end tests of the built binary and image
	cd test && go vet ./... && go test -count=1 -timeout 30m ./...

.PHONY: chromium
chromium: ## Install Debian's Chromium, in which the status page is tested, unless there is one
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } \
	  || { echo "Chromium is missing: install it as root, with apt-get install chromium"; exit 1; }

.PHONY: bench
bench: build bin/prometheus bin/vmagent ## Benchmarks beside their peers, in one run (docs/benchmarks.md)
	go test -run '^$$' -bench . -benchmem ./...
	cd test && go test -run '^$$' -bench . -benchmem ./bench
	cd test && go run ./bench/delivery $(DELIVERY)

.PHONY: check
check: generate ## Fail when generated, tidied or formatted files differ from what is committed
	for m in $(MODULES); do (cd $$m && go mod tidy); done
	gofmt -w components extension internal test
	@changed=$$(git status --porcelain -- distribution/otelcol components extension internal test tools go.mod go.sum); \
	  [ -z "$$changed" ] || { git diff; echo "$$changed"; echo "commit these files"; exit 1; }

.PHONY: lint
lint: bin/golangci-lint ## Static checks
	bin/golangci-lint run ./...
	cd test && ../bin/golangci-lint run -c ../.golangci.yml ./...

bin/golangci-lint: tools/go.mod
	go build -C tools -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/ocb: tools/go.mod
	go build -C tools -o ../$@ go.opentelemetry.io/collector/cmd/builder

.PHONY: generate
generate: bin/ocb ## Regenerate distribution/otelcol from builder-config.yaml
	bin/ocb --skip-compilation --config builder-config.yaml
	sed -i.ocb 's/otelcol\.NewCommand(params)/newCommand(params)/' distribution/otelcol/main.go && rm distribution/otelcol/main.go.ocb
	grep -q 'newCommand(params)' distribution/otelcol/main.go # commands.go has it: see docs/decisions/0009-commands.md
	cd distribution/otelcol && go mod tidy

.PHONY: fmt
fmt: ## Format our Go files
	gofmt -w components extension internal test

.PHONY: image
image: program ## Build the container image $(IMAGE) for $(ARCH), of the program that the packages hold
	docker build --quiet --platform linux/$(ARCH) -t $(IMAGE) --build-arg PROGRAM=$(PROGRAM) \
	  --build-arg VERSION=$(VERSION) --build-arg REVISION=$(shell git describe --always --dirty --abbrev=40 --exclude='*') .

include distribution/packaging/release.mk

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin dist
