#!/bin/sh
# Run a program under ThreadSanitizer.
# Usage: run.sh clean | races PROGRAM ARGUMENT...     races: it must report one
set -eu
expected=$1
shift
# older sanitizers do not find their way where addresses are chosen at random
setarch "$(uname -m)" -R true 2>/dev/null && set -- setarch "$(uname -m)" -R "$@"
[ "$expected" = races ] || exec "$@"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
TSAN_OPTIONS="halt_on_error=1 exitcode=66" "$@" >"$log" 2>&1 || status=$?
if [ $status -ne 66 ] || ! grep -q "WARNING: ThreadSanitizer: data race" "$log"; then
    cat "$log" >&2
    echo "no race was reported" >&2
    exit 1
fi
echo "found, as it must be: $(grep SUMMARY "$log")"
