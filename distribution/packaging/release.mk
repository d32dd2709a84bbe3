# Packages and releases: see docs/releasing.md. GOOS and ARCH may be any that Go builds for; dist/ holds what is made.
GOOS      ?= linux
ARCH      ?= $(shell go env GOARCH)
BUILD      = bin/package-$(GOOS)-$(ARCH)
PROGRAM    = $(BUILD)/msp-collector$(if $(filter windows,$(GOOS)),.exe)
ARCHIVE    = msp-collector_$(VERSION)_$(GOOS)_$(ARCH)
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
# One time for all files: archives of the same commit are the same to the bit.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# The one program that archive, packages and image of a platform hold. It names its commit where that is a clone of the repository; Go does not look
# into a linked work tree.
.PHONY: program
program:
	mkdir -p $(BUILD) dist
	cd distribution/otelcol && GOOS=$(GOOS) GOARCH=$(ARCH) CGO_ENABLED=0 go build -trimpath -buildvcs=true -ldflags '-s -w' -o ../../$(PROGRAM) .

.PHONY: packages
packages: build program bin/nfpm dist/THIRD_PARTY_LICENSES ## Make dist/*.deb and dist/*.rpm for $(ARCH)
	gzip -9 -n -c distribution/packaging/msp-collector.8 > $(BUILD)/msp-collector.8.gz
	$(COLLECTOR) completion bash > $(BUILD)/completion.bash
	rm -f dist/*_$(ARCH).deb dist/*.$(if $(filter arm64,$(ARCH)),aarch64,x86_64).rpm
	for format in deb rpm; do \
	  ARCH=$(ARCH) VERSION=$(VERSION) BUILD=$(BUILD) bin/nfpm package --config distribution/packaging/nfpm.yaml --packager $$format --target dist/; done

.PHONY: archive
archive: program dist/THIRD_PARTY_LICENSES ## Make dist/*.tar.gz for $(GOOS) and $(ARCH)
	rm -rf $(BUILD)/$(ARCHIVE) && mkdir -p $(BUILD)/$(ARCHIVE)
	cp $(PROGRAM) distribution/config/*.yaml LICENSE README.md dist/THIRD_PARTY_LICENSES $(BUILD)/$(ARCHIVE)
	tar -C $(BUILD) --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(SOURCE_DATE_EPOCH) -c $(ARCHIVE) | gzip -9 -n > dist/$(ARCHIVE).tar.gz

# The Helm chart, with the files it links to, as `helm package` makes it but the same to the bit each time.
.PHONY: chart
chart: ## Make dist/msp-collector-$(VERSION).tgz, the Helm chart
	mkdir -p dist && rm -f dist/msp-collector-*.tgz
	tar -C distribution/kubernetes --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime=@$(SOURCE_DATE_EPOCH) \
	  -ch msp-collector | gzip -9 -n > dist/msp-collector-$(VERSION).tgz

# What is linked on any of $(PLATFORMS), by the same list that the linker has: one file goes with all of them.
dist/THIRD_PARTY_LICENSES: distribution/otelcol/go.mod distribution/packaging/scripts/licences.sh
	mkdir -p dist
	distribution/packaging/scripts/licences.sh $(PLATFORMS) > $@.next && mv $@.next $@

.PHONY: sbom
sbom: dist/msp-collector_$(VERSION).cdx.json ## Make the software bill of materials

dist/msp-collector_$(VERSION).cdx.json: bin/cyclonedx-gomod program
	bin/cyclonedx-gomod bin -json -licenses -noserial -notimestamp -output $@ $(PROGRAM)

.PHONY: release
release: bin/nfpm ## Make everything that is published into dist/ (a cold build of each of $(PLATFORMS) takes minutes)
	[ -d .git ] && [ -z "$$(git status --porcelain)" ] || { echo "this is no clean clone: the programs would not name the commit they are of"; exit 1; }
	rm -rf dist
	for platform in $(PLATFORMS); do $(MAKE) archive GOOS=$${platform%/*} ARCH=$${platform#*/}; done
	for platform in $(filter linux/%,$(PLATFORMS)); do $(MAKE) packages ARCH=$${platform#*/}; done
	$(MAKE) chart
	$(MAKE) sbom GOOS=linux ARCH=amd64
	cp distribution/alerts/msp-collector.rules.yaml distribution/dashboards/msp-collector.json dist/
	cd dist && sha256sum -- * > SHA256SUMS

# A Debian to install the packages in, for their tests.
bin/debian.tar:
	@command -v debootstrap >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends debootstrap; } \
	  || { echo "debootstrap is missing: install it as root, with apt-get install debootstrap"; exit 1; }
	root=$$(mktemp -d) && debootstrap --variant=minbase --include=systemd,procps,rpm bookworm $$root >$$root.log 2>&1 || { tail $$root.log; exit 1; } \
	  && tar -C $$root -cf $@ . && rm -rf $$root $$root.log

bin/nfpm: tools/go.mod
	go build -C tools -o ../$@ github.com/goreleaser/nfpm/v2/cmd/nfpm

bin/helm: tools/go.mod
	go build -C tools -o ../$@ helm.sh/helm/v3/cmd/helm

bin/cyclonedx-gomod: tools/go.mod
	go build -C tools -o ../$@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
