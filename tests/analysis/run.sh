#!/bin/sh
# Runs the cases of this folder through the command line.  A case is a folder with
#   events.csv     loaded into a new store (times are UTC)
#   users.csv      attributes, when there are any
#   command        the command line after "waymark -s STORE"
#   expected.json  the JSON answer from "summary" on, worked out by hand (README says how); blanks do not matter
# usage: run.sh [CASE...]; exit status 1 when a case differs.
top=${top_builddir:-.}
here=${top_srcdir:-.}/tests/analysis
waymark=$(cd "$top" && pwd)/waymark
work=$(mktemp -d "${TMPDIR:-/tmp}/waymark-cases.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0 run=0

fail()
{
    echo "FAIL $1: $2"
    failed=$((failed + 1))
}

# JSON text from "summary" on, without line ends and blanks.
plain()
{
    tr -d '\n' | sed 's/.*"summary"/"summary"/; s/[[:blank:]]//g'
    echo
}

run_case()
{
    name=$1 store=$work/$1
    run=$((run + 1))
    "$waymark" -s "$store" --quiet import events "$here/$name/events.csv" --tz UTC >"$work/log" 2>&1 ||
        { fail "$name" "import: $(cat "$work/log")"; return; }
    if test -f "$here/$name/users.csv"; then
        "$waymark" -s "$store" --quiet import users "$here/$name/users.csv" --tz UTC >"$work/log" 2>&1 ||
            { fail "$name" "import users: $(cat "$work/log")"; return; }
    fi
    eval "set -- $(cat "$here/$name/command")"
    "$waymark" -s "$store" "$@" --format json >"$work/json" 2>"$work/log" ||
        { fail "$name" "exit status $?: $(cat "$work/log")"; return; }
    plain <"$work/json" >"$work/actual"
    plain <"$here/$name/expected.json" >"$work/expected"
    cmp -s "$work/expected" "$work/actual" && return
    fail "$name" "differs:"
    diff "$work/expected" "$work/actual"
}

test -x "$waymark" || { echo "$waymark is not built"; exit 1; }
test $# -gt 0 || set -- $(cd "$here" && ls -d */ | tr -d /)
cases=$*
for c in $cases; do
    run_case "$c"
done
echo "$run cases, $failed failed"
test $failed -eq 0 && test $run -gt 0
