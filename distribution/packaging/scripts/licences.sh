#!/bin/sh
# Prints the licence and notice texts of every module that is linked into the collector. A module without one is an error.
set -eu
cd "$(dirname "$0")/../../otelcol"

modules=$(go list -deps -f '{{with .Module}}{{if and (not .Main) .Version (ne .Version "v0.0.0")}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' . | sort -u)
missing=0
echo "$modules" | {
  while read -r path version directory; do
    [ -n "$path" ] || continue
    found=
    for file in "$directory"/LICENSE* "$directory"/LICENCE* "$directory"/License* "$directory"/license* "$directory"/COPYING* "$directory"/NOTICE*; do
      [ -f "$file" ] || continue
      found=yes
      printf '\n%s\n%s %s: %s\n%s\n\n' "$(printf '=%.0s' $(seq 78))" "$path" "$version" "$(basename "$file")" "$(printf '=%.0s' $(seq 78))"
      cat "$file"
    done
    if [ -z "$found" ]; then
      echo "$path $version has no licence text" >&2
      missing=1
    fi
  done
  exit $missing
}
