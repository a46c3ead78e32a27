#!/bin/sh
# Every file that names the version names that of include/tinyalloc/tinyalloc.h.
# Usage: version.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"
version=$(sed -nE 's/^#define TA_VERSION "([^"]+)".*/\1/p' include/tinyalloc/tinyalloc.h)
failed=0
expect() { # expect FILE EXPRESSION: what sed -nE prints of the file first is the version
    found=$(sed -nE "$2" "$1" | head -n 1)
    echo "$1: $found"
    [ "$found" = "$version" ] || { echo "$1 names ${found:-no version}, but the headers name $version" >&2 && failed=1; }
}
expect CHANGELOG.md 's/^## ([0-9.]+).*/\1/p'
expect meson.build "s/.*[ (]version: '([^']+)'.*/\1/p"
expect library.json 's/.*"version": "([^"]+)".*/\1/p'
expect idf_component.yml 's/^version: "([^"]+)"/\1/p'

# Another file that names this version does not know when it changes.
others=$(grep -rlF --exclude-dir=build --exclude-dir=.git -- "$version" . |
    grep -vxE './(CHANGELOG.md|meson.build|library.json|idf_component.yml|include/tinyalloc/tinyalloc.h)' |
    grep -vx ./docs/from-rust.md || true) # that of the Rust crate
[ -z "$others" ] || { printf 'files that name the version, and no test looks at them:\n%s\n' "$others" >&2 && failed=1; }
exit $failed
