#!/bin/sh
# What an example prints on a simulated AVR is what it prints on the host.
# Usage: avr.sh PROGRAM EXPECTED
set -eu
log=$1.log
simavr -m atmega1284p -f 16000000 "$1" >"$log" 2>&1 </dev/null
{ cat "$2" && echo "returned 0"; } >"$log.expected"
# simavr prints the lines of the UART in green, with a point for their end
sed -nE '/\x1b\[32m/{s/\x1b\[[0-9;]*m//g; s/\.$//; p}' "$log" >"$log.found"
diff -u "$log.expected" "$log.found"
