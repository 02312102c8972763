#!/bin/sh
# Input that is broken, on purpose or not: a clear message and status 3, or counted rejects; never a changed store.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq

head='user,time,event'
good() { i=0; while [ $i -lt "$1" ]; do printf 'u%d,2024-01-01 00:00:%02d,home\n' $((i % 7)) $((i % 60)); i=$((i + 1)); done; }
{ echo "$head"; good 40; } >good.csv
expect 0 import events good.csv --quiet
expect 0 info --format json
before=$(json '.summary | del(.bytes)')

unchanged() {
    expect 0 info --format json
    equals "store after $1" "$(json '.summary | del(.bytes)')" "$before"
}

refused() { # NAME TEXT ARGUMENT...
    name=$1 text=$2
    shift 2
    expect 3 import events "$@"
    silent out
    says err "$text"
    grep -q '^waymark: ' err || fail "$name: no message of waymark's"
    unchanged "$name"
}

# Rejects are counted, kept, and explained; what is good is loaded.
counted() { # NAME FILE REJECTED LOADED_OR_DUPLICATE
    expect 0 import events "$2" --rejects "$1.rejects" --format json
    equals "$1: rejected" "$(json .summary.rejected)" "$3"
    equals "$1: the rest" "$(json '.summary.events + .summary.duplicates')" "$4"
    equals "$1: a reason with its count" "$(json '[.rows[].count] | add')" "$3"
    equals "$1: an example" "$(json '.rows[0].example | length > 0')" true
    [ -s "$1.rejects" ] || fail "$1: no rejects file"
    expect 0 info --format json
    before=$(json '.summary | del(.bytes)')
}

{ echo "$head"; good 20; printf 'u1,2024-01-01 00:00:00,"never closed\n'; good 20; } >unclosed.csv
expect 0 import events unclosed.csv --format json --rejects unclosed.rejects
[ "$(json .summary.rejected)" -ge 1 ] || fail 'unclosed quote: nothing rejected'
equals 'unclosed quote: all rows accounted for' \
    "$(json '.summary.rows == .summary.events + .summary.duplicates + .summary.rejected')" true
expect 0 info --format json
before=$(json '.summary | del(.bytes)')

{ echo "$head"; good 20; printf 'u\0001,2024-01-01 00:00:00,ho\000me\n'; good 20; } >nul.csv
counted nul nul.csv 1 40
{ echo "$head"; good 20; printf 'u1,2024-01-01 00:00:00,'; head -c 5000000 /dev/zero | tr '\0' x; echo; good 20; } >big.csv
counted big big.csv 1 40
{ echo "$head"; good 20; printf 'u1,2024-01-01 00:00:00\nu1\n'; good 20; } >short.csv
counted short short.csv 2 40
{ echo "$head"; good 20; printf 'u1,the day before yesterday,home\n'; good 20; } >time.csv
counted time time.csv 1 40

printf 'user,time\nu1,2024-01-01\n' >missing.csv
refused 'missing column' 'event' missing.csv
refused 'named column' 'no_such' good.csv --again --event no_such
: >empty.csv
refused 'empty file' 'empty.csv' empty.csv
echo "$head" >header.csv
refused 'header only' 'header.csv' header.csv
mkdir folder.csv
refused 'directory' 'folder.csv' folder.csv
refused 'no such file' 'absent.csv' absent.csv
refused 'device' '/dev/null' /dev/null
head -c 100000 /dev/urandom >noise.csv
refused 'noise' 'noise.csv' noise.csv
printf 'a,b,c\n1,2,3\n4,5,6\n' >numbers.csv
expect 3 import events numbers.csv --user a --time b --event c --time-format civil; unchanged 'no usable row'
cp good.csv secret.csv
chmod 000 secret.csv
if [ -r secret.csv ]; then echo 'note: running as root, files without permission can be read'; else
    refused 'no permission' 'secret.csv' secret.csv
fi
expect 3 import events time.csv --max-rejects 0 --quiet; unchanged 'max-rejects'

# Escapes in data must not reach a terminal raw, not even through messages.
printf 'user,time,event\nu1,2024-01-01,\033[2Jboo\n' >escape.csv
expect 0 import events escape.csv --quiet
expect 0 events --by event --table
if LC_ALL=C grep -q "$(printf '\033')" out; then fail 'an escape from data went out'; fi
"$waymark" import events "$(printf 'x\033[2J.csv')" >out 2>err
if LC_ALL=C grep -q "$(printf '\033')" err; then fail 'an escape from a file name went out'; fi

# A pipe with a name and standard input are files like others; nothing waits for ever on a pipe nobody writes to.
mkfifo pipe
{ echo "$head"; good 30; } >pipe &
timeout 60 "$waymark" -s "$tmp/piped" import events pipe --format json >out 2>err
equals 'status of a named pipe' $? 0
equals 'rows of a named pipe' "$(json .summary.rows)" 30
wait
"$waymark" -s "$tmp/stdin" import events - --format json <good.csv >out 2>err
equals 'status of standard input' $? 0
equals 'rows of standard input' "$(json .summary.rows)" 40

# A dry run reports the same and leaves nothing behind.
expect 0 -s "$tmp/dry" import events good.csv --dry-run --format json
equals 'rows of a dry run' "$(json .summary.rows)" 40
printf 'a,b\n1,2\n' >nothing.csv
expect 3 -s "$tmp/dry" import events nothing.csv --dry-run
[ ! -e "$tmp/dry" ] || fail 'a dry run made a store'
finish
