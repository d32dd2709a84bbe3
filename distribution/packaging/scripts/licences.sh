#!/bin/sh
# Prints the licence and notice texts of all that is linked into the collector on the platforms it is given, such as linux/amd64 windows/amd64: of
# Go itself, whose standard library and runtime are in every program, and of every module. A module without a text is an error.
set -eu
cd "$(dirname "$0")/../../otelcol"

# texts NAME DIRECTORY
texts() {
  found=
  for file in "$2"/LICENSE* "$2"/LICENCE* "$2"/License* "$2"/license* "$2"/COPYING* "$2"/NOTICE*; do
    [ -f "$file" ] || continue
    found=yes
    printf '\n%s\n%s: %s\n%s\n\n' "$line" "$1" "$(basename "$file")" "$line"
    cat "$file"
  done
  [ -n "$found" ] || { echo "$1 has no licence text" >&2; missing=1; }
}
line=$(printf '=%.0s' $(seq 78))
missing=0

modules=
for platform; do
  modules="$modules
$(GOOS=${platform%/*} GOARCH=${platform#*/} CGO_ENABLED=0 go list -deps -f \
  '{{with .Module}}{{if and (not .Main) .Version (ne .Version "v0.0.0")}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' .)"
done
texts "Go's standard library and runtime $(go env GOVERSION)" "$(go env GOROOT)"
echo "$modules" | sort -u | {
  while read -r path version directory; do
    [ -z "$path" ] || texts "$path $version" "$directory"
  done
  exit $missing
}
