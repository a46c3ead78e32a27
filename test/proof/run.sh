#!/bin/sh
# Prove the slab, what chains ask of it, views and parsers by the model checker CBMC: see model.h.
#
#     run.sh ci                      what `make test` runs
#     run.sh all                     every configuration; build/proof keeps the results, keyed by what was proved
#     run.sh NAME[_SLOTS]...         these configurations, for example s8g8 or s8g8_6
#     run.sh broken [NAME...]        each line of broken.txt, or those named, must be refuted
#
# A line of the table is a configuration: how many proofs, how many checks in them, seconds of processor time, the
# result.
# ONLY=free restricts it to one operation. Exit status 77: there is no CBMC here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
cbmc=$project/build/tools/cbmc/cbmc
work=${PROOF_WORK:-$project/build/proof}
checks="--pointer-overflow-check --drop-unused-functions"

preprocess() { # source, target, folder of the library's sources, output, options
    source=$1 target=$2 library=$3 output=$4
    shift 4
    case $target in
    m3) compiler="arm-none-eabi-gcc -mcpu=cortex-m3" ;;
    avr) compiler="avr-gcc -mmcu=atmega2560" ;;
    *) compiler=gcc ;;
    esac
    $compiler -std=c11 -ffreestanding -E -D__STDC_NO_ATOMICS__ -DTA_GNU_EXTENSIONS=0 \
        -DTA_PORT_FILE='"proof_port.h"' \
        -I"$project/include" -I"$library" -I"$here" "$@" "$here/$source.c" >"$output"
}

widths() { # of a target
    case $1 in
    m3) echo "--arch arm" ;;
    avr) echo "--16 --little-endian --arch none" ;;
    *) echo "--arch x86_64" ;;
    esac
}

# One check is no fault: CBMC 6.6 says that the difference of two pointers into one array overflows if it is negative.
#
# One proof. Prints: row, operation, checks, seconds, what failed.
prove() { # row, preprocessed source, target, operation
    case $2 in *_parse.i) loops="7 --object-bits 12" ;; *) loops=14 ;; esac # too few is a check that fails
    arguments="$(widths "$3") $checks --unwind $loops --function prove_$4"
    key=$({ "$cbmc" --version; echo "$arguments"; grep -v '^#' "$2" | tr -d ' \n'; } | sha256sum | cut -c1-40)
    log=$work/$key
    if ! grep -q '^VERIFICATION ' "$log" 2>/dev/null; then
        limited='ulimit -t "$0"; "$@"; times'
        export CPATH=/usr/include/x86_64-linux-gnu # for CBMC's own library
        sh -c "$limited" "${LIMIT:-600}" "$cbmc" $arguments "$2" >"$log.part" 2>&1 || true
        awk '/^[0-9]+m[0-9.]+s [0-9]+m[0-9.]+s$/ { split($1, t, /[ms]/); s = t[1] * 60 + t[2] }
            { print }
            END { print "seconds", s }' "$log.part" >"$log"
        rm "$log.part"
    fi
    awk -v row="$1" -v operation="$4" '
        / reached: .*: SUCCESS$/ { failed = failed "; not " substr($0, index($0, "reached: ")) }
        / reached: / { next }
        / arithmetic overflow on signed - in before - start: / { next }
        /^\[.*: SUCCESS$/ { n++ }
        /^\[.*: FAILURE$/ { n++; failed = failed "; " $0 }
        /^VERIFICATION / { finished = 1 }
        /^seconds / { seconds = $2 }
        END { print row "|" operation "|" n + 0 "|" seconds "|" (finished && n ? failed : "; NOT FINISHED") }' "$log"
}

operations() { # of a preprocessed source
    sed -n "s/^void prove_\([a-z_0-9]*\)(void).*/\1/p" "$1" | grep -x "${ONLY:-.*}" || true
}

jobs_of() { # name, slots, target, options, sources: a line for each proof
    for source in $5; do
        file=$work/$1_$2_$source.i
        preprocess $source "$3" "${LIBRARY:-$project/src}" "$file" -DSLOTS="$2" $(echo "$4" | sed 's/[^ ][^ ]*/-D&/g')
        for operation in $(operations "$file"); do
            echo "$1_$2 $file $3 $operation"
        done
    done
}

configurations() { # the form: ci, all, or names
    for n in 3 4 6; do
        grep -v '^#' "$here/configurations.txt" | while IFS='|' read -r name few many target options; do
            name=$(echo $name) sources="slab life blocks parse"
            [ "$1" != ci ] || sources=$few many=3
            case " $many " in *" $n "*) ;; *) continue ;; esac
            case $1 in ci | all) ;; *) case " $* " in *" $name "* | *" ${name}_$n "*) ;; *) continue ;; esac ;; esac
            jobs_of "$name" "$n" $target "$options" "$sources"
        done
    done
}

report() { # of the lines that prove() prints
    awk -F'|' '
        !($1 in n) { row[++rows] = $1; worst[$1] = "proved" }
        { n[$1]++; checks[$1] += $3; seconds[$1] += $4 }
        $5 != "" { worst[$1] = "FAILED"; bad = 1; print "FAILED: " $1 " " $2 substr($5, 2) >"/dev/stderr" }
        END {
            printf "%-18s %7s %8s %8s  %s\n", "configuration_slots", "proofs", "checks", "seconds", "result"
            for (i = 1; i <= rows; i++) {
                r = row[i]
                printf "%-18s %7d %8d %8.1f  %s\n", r, n[r], checks[r], seconds[r], worst[r]
                all += n[r]; sum += checks[r]; time += seconds[r]
            }
            printf "%-18s %7d %8d %8.1f\n", "together", all, sum, time
            exit bad || !all
        }'
}

run() {
    configurations "$@" >"$work/jobs"
    xargs -P "${JOBS:-2}" -n 4 "$here/run.sh" prove <"$work/jobs" >"$work/results"
    sort -t'|' -k1,1 -s "$work/results" | report
}

# A line of broken.txt: name @ file of src/ @ sed expression (-E) @ configuration_slots @ the proof that must refute it
broken() {
    bad=0 lines=0
    while IFS='@' read -r name file expression where proof; do
        name=$(echo $name) file=$(echo $file) where=$(echo $where) proof=$(echo $proof)
        case $name in '' | '#'*) continue ;; esac
        case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
        lines=$((lines + 1))
        LIBRARY=$work/broken/$name
        rm -rf "$LIBRARY" && mkdir -p "$LIBRARY" && cp "$project"/src/* "$LIBRARY"
        sed -E "$expression" "$project/src/$file" >"$LIBRARY/$file"
        ! cmp -s "$project/src/$file" "$LIBRARY/$file" || { echo "$name: nothing in $file matches" >&2 && exit 1; }
        ONLY=$proof configurations "$where" | sed "s/^[^ ]*/$name/" >"$work/jobs"
        result=$(xargs -n 4 "$here/run.sh" prove <"$work/jobs")
        rm -rf "$LIBRARY"
        # by a check of the contract or of an access, not because a line is no longer reached
        case $result in
        *'; ['*) found=$(echo "$result" | sed 's/.*|; \[[^]]*\] \([^;]*\): FAILURE.*/refuted: \1/') ;;
        *) found="NOT REFUTED: $result" bad=1 ;;
        esac
        printf '%-32s %-18s %-14s %5.1f s  %s\n' "$name" "$where" "$proof" "$(echo "$result" | cut -d'|' -f4)" "$found"
    done <"$here/broken.txt"
    [ $lines -gt 0 ] && [ $bad = 0 ]
}

mkdir -p "$work"
[ -x "$cbmc" ] || { echo "NOT RUN: there is no CBMC here; tools/install-deps proof unpacks it" >&2 && exit 77; }
case ${1:-} in
'') sed -n '4,7s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
prove) shift && prove "$@" ;;
broken) shift && broken "$@" ;;
ci) run ci && broken tail_of_an_empty_list_is_linked retired_tail_is_linked last_lifetime_is_renewed failures_wrap \
    quota_sum_wraps link_leads_out_of_the_table link_is_written_unmasked hook_is_called_inside ;;
*) run "$@" ;;
esac
