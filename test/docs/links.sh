#!/bin/sh
# What the documents point at exists: files and headings behind links, the names of the library, the tests of
# docs/from-rust.md. And README.md leads to every header, example and document.
set -eu
cd "$(dirname "$0")/../.."
complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT
documents=$(find . -name '*.md' -not -path './build/*' -not -path './.git/*' | sed 's|^\./||' | sort)
without_code() { awk '/^ *```/ {inside = !inside; next} !inside' "$1"; }
headings() { without_code "$1" | sed -n 's/^##* *//p' | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'; }

for document in $documents; do
    for link in $(without_code "$document" | grep -oE '\]\([^)# ]*(#[^) ]*)?\)' | sed 's/^](//; s/)$//'); do
        case $link in http://* | https://* | mailto:*) continue ;; esac
        file=${link%%#*} anchor=
        case $link in *'#'*) anchor=${link#*#} ;; esac
        [ -z "$file" ] && target=$document || target=$(dirname "$document")/$file
        [ -e "$target" ] || { echo "$document: there is no $file" >>"$complaints" && continue; }
        [ -z "$anchor" ] || headings "$target" | grep -qx -- "$anchor" ||
            echo "$document: $target has no heading #$anchor" >>"$complaints"
    done
done

# Names of the library, in text and in code: those that a header, a port, a source or a CMakeLists.txt knows.
export LC_ALL=C # for sort and comm
names=$(mktemp)
trap 'rm -f "$complaints" "$names"' EXIT
{
    cat include/tinyalloc/*.h include/tinyalloc/port/*.h src/* CMakeLists.txt | grep -oE '\b(ta|TA)_[A-Za-z0-9_]+'
    grep -oE 'declare\([a-z0-9]+,' include/tinyalloc/parse.h | sed 's/declare(\(.*\),/ta_parse_\1/'
} | sort -u >"$names"
for document in $documents; do
    for name in $(grep -oE '\b(ta|TA)_[A-Za-z0-9_]+' "$document" | sort -u | comm -23 - "$names"); do
        case $name in
        *_) grep -q "^$name" "$names" ;;
        ta_error_* | ta_port_*) true ;;
        *) false ;;
        esac || echo "$document: the library knows no $name" >>"$complaints"
    done
done

for test in $(grep -oE '`[a-z0-9]+(_[a-z0-9]+){3,}`' docs/from-rust.md | tr -d '`' | grep -v '^ta_' | sort -u); do
    grep -qE "^static void $test\(void \*\*state\)" test/unit/*.c ||
        echo "docs/from-rust.md: there is no test $test" >>"$complaints"
done

for file in include/tinyalloc/*.h docs/*.md examples/*.c; do
    grep -qF "]($file)" README.md || echo "README.md does not lead to $file" >>"$complaints"
done

cat "$complaints" >&2
[ ! -s "$complaints" ]
