#!/bin/sh
# Bytes that changed on disk and files cut short: `check` finds them and says where, and no question ever crashes or
# waits for ever, whatever is broken.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq

expect 0 generate bank --users 500 --events 8000 --quiet
expect 0 import events bank/events.csv --quiet
expect 0 import users bank/users.csv --quiet
expect 0 check --format json
equals 'damaged in a whole store' "$(json .summary.damaged)" 0
[ "$(json .summary.blocks)" -gt 10 ] || fail 'too few blocks were looked at'
size=$(wc -c <store/data.mdb)

fresh() { rm -rf hurt; cp -r store hurt; rm -f hurt/lock.mdb; }

# Whatever is asked of the damaged copy, the answer is one of the statuses, and quick.
ask_all() { # WHAT
    for question in info 'funnel --step home --step card_tab' 'events --by channel' 'paths' 'check'; do
        # shellcheck disable=SC2086
        timeout 60 "$waymark" -s "$tmp/hurt" $question --format json >out 2>err </dev/null
        status=$?
        case $status in
        0 | 1) jq -e .analysis out >/dev/null || fail "$1: $question: status $status without an answer" ;;
        3) grep -q '^waymark: ' err || fail "$1: $question: status 3 without a message" ;;
        *) fail "$1: $question: status $status" ;;
        esac
    done
}

# 64 bytes overwritten at places spread over the file; the last question asked is `check`.
found=0
for part in 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31; do
    at=$((size * part / 32))
    fresh
    printf '%064d' 0 | dd of=hurt/data.mdb bs=1 seek="$at" conv=notrunc 2>/dev/null
    ask_all "64 bytes at $at"
    [ "$status" = 0 ] || found=$((found + 1))
    if [ "$status" = 1 ]; then
        [ "$(json '.rows | length')" -ge 1 ] || fail "64 bytes at $at: damaged, but no finding"
    fi
done
# Pages that are free or padding are nobody's data; most of a store is not.
[ "$found" -ge 8 ] || fail "check found only $found of 16 damaged copies"

for part in 0 1 8 16 24 31; do
    fresh
    dd if=store/data.mdb of=hurt/data.mdb bs=1 count=$((size * part / 32)) 2>/dev/null
    ask_all "cut to $part/32"
    [ "$status" != 0 ] || fail "cut to $part/32: check found nothing"
done

# The file replaced by something else.
fresh
head -c "$size" /dev/urandom >hurt/data.mdb
ask_all 'noise'
[ "$status" != 0 ] || fail 'noise: check found nothing'
rm hurt/data.mdb
mkdir hurt/data.mdb
ask_all 'a folder named data.mdb'
finish
