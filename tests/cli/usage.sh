#!/bin/sh
# The command line's own manners: help, versions, suggestions, exit status 2, one line of what, why and what to do.
. "${top_srcdir:-.}/tests/cli/lib.sh"

expect 0 --help; silent err
for command in 'import events' 'import users' 'import names' 'import links' backup compact forget-import info check generate help version events funnel paths \
    transitions user; do
    grep -q "^  $command" out || fail "--help does not list $command"
done
longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' out)
[ "$longest" -le 80 ] || fail "--help is $longest columns wide"
expect 0 help; cp out help.txt
expect 0 --help; cmp -s out help.txt || fail 'help and --help differ'
expect 0 funnel --help; says out '--window DURATION'; says out '--step COND'; says out '--format'; says out 'waymark funnel --step'
cp out funnel.txt
expect 0 help funnel; cmp -s out funnel.txt || fail 'help funnel and funnel --help differ'
expect 0 import --help; says out 'waymark import events'; says out 'waymark import names'
expect 0 --version; equals version "$(cut -d' ' -f1 out)" waymark
expect 0 --help --lang zh_CN --size 60x20

usage() { # TEXT ARGUMENT...: refused with exactly one line that says TEXT
    text=$1
    shift
    expect 2 "$@"
    silent out
    says err "$text"
    equals "lines of waymark $*" "$(wc -l <err)" 1
    grep -q '^waymark: .*[:;] ' err || fail "waymark $*: not 'waymark: what: why; what to do'"
}
usage 'did you mean funnel' funel
usage 'did you mean import' impotr events
usage 'did you mean --step' funnel --stp login
usage 'did you mean --window' funnel --step login --windw=7d
usage 'did you mean --quiet' info --quite
usage 'import events, import users, import links, import names' import
usage 'import events, import users, import links, import names' import event
usage 'is missing' funnel
usage 'is missing' funnel --step
usage 'is missing' generate
usage 'is missing' user
usage 'too many' user A B
usage 'takes no value' info --quiet=yes
usage 'text|txt|ansi|html|svg|csv|json' info --format xml
usage 'a screen is a picture, not csv' show funnel --format csv
usage '120x40' info --size 12
usage '120x40' info --size 9999x9999
usage 'ascii|acs|utf8|hd' info --glyphs fancy
usage '-s STORE' -x info
usage 'no such command' help nonsense
usage '--users' generate bank --users many
usage '--window' funnel --step a --window 7
usage '--depth' paths --depth -3
usage '--from' events --from yesterday
[ ! -e store ] || fail 'a usage error left a store behind'

expect 3 info; says err 'there is no store'
expect 3 -s nostore; says err 'there is no store' # the explorer, without a terminal
expect 3 -s "$tmp/no such place" funnel --step a; says err 'no such place'
expect 3 check; says err 'there is no store'
expect 3 import events "$tmp/nothing.csv"; says err 'nothing.csv'
finish
