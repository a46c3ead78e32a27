#!/bin/sh
# The C and C++ of the documents. Before each block stands a comment that names it, and test/docs/<name>.c or .cpp runs it:
#
#     <!-- test: readme_lines -->
#     ```c
#
#     extract.sh blocks <folder> <document>...   write each block to <folder>/<name>.h
#     extract.sh check <document>...             every block has a name of its own and a harness, every harness a block
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mode=$1
shift
folder=
[ "$mode" = check ] || { folder=$1 && shift && mkdir -p "$folder"; }

complaints=$(awk -v folder="$folder" -v here="$here" '
function complain(what) { print FILENAME ":" FNR ": " what }
/^ *```/ && !inside {
    inside = 1
    language = $0
    sub(/^ *```/, "", language)
    name = ""
    if (language == "")
        complain("a block that does not say its language")
    else if (language ~ /^([cC]([^a-z]|$)|cpp)/) {
        if (previous ~ /^<!-- file: /)
            name = "" # steps.sh runs it
        else if (previous !~ /^<!-- test: [a-z0-9_]+ -->$/)
            complain("a block of C or C++ that nothing runs")
        else {
            split(previous, word, " ")
            name = word[3]
            if (name in seen)
                complain("two blocks are called " name)
            seen[name] = 1
            harness = name (language ~ /^cpp/ ? ".cpp" : ".c")
            if ((getline text < (here "/" harness)) < 0)
                complain("there is no test/docs/" harness)
        }
        if (name != "" && folder != "")
            print "#line " FNR + 1 " \"" FILENAME "\"" > (folder "/" name ".h")
    }
    next
}
/^ *```/ { inside = 0; previous = ""; next }
inside && name != "" && folder != "" { print > (folder "/" name ".h") }
!inside { previous = $0 }
END { for (name in seen) print "block " name }
' "$@")

[ "$mode" = check ] || exit 0
echo "$complaints" | grep -v '^block ' && exit 1
failed=0
for harness in "$here"/*.c "$here"/*.cpp; do
    name=$(basename "${harness%.c*}")
    [ "$name" = tables ] || echo "$complaints" | grep -qx "block $name" || {
        echo "no document has the block that ${harness##*/} includes"
        failed=1
    }
done
[ $failed = 0 ] && echo "$(echo "$complaints" | grep -c '^block ') blocks, each with a harness"
