# shellcheck shell=sh
# lib.sh - what the scripts of this folder share: a scratch folder, one store per script, and checks that say what failed.
# Sourced, not run. A script ends with `finish`.
set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"
top_srcdir=$(cd "$top_srcdir" && pwd)
top_builddir=$(cd "$top_builddir" && pwd)
waymark=$top_builddir/waymark
tmp=$(mktemp -d) || exit 99
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99
WAYMARK_STORE=$tmp/store
export WAYMARK_STORE
unset XDG_DATA_HOME COLUMNS NO_COLOR WAYMARK_THREADS
failures=0

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$*"
    sed 's/^/    stdout: /' out 2>/dev/null | head -n 20
    sed 's/^/    stderr: /' err 2>/dev/null | head -n 20
}

# expect STATUS ARGUMENT...: runs waymark; its output is in the files out and err.
expect() {
    want=$1
    shift
    "$waymark" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" = "$want" ] || fail "waymark $*: exit status $got, expected $want"
}

# says FILE TEXT: the file (out, err, …) holds the text.
says() {
    grep -qF -e "$2" "$1" || fail "$1 does not say: $2"
}

silent() { # FILE
    [ ! -s "$1" ] || fail "$1 is not empty"
}

# equals NAME GOT WANT
equals() {
    [ "$2" = "$3" ] || fail "$1: got '$2', expected '$3'"
}

# json FILTER: what jq reads from the file out.
json() { jq -r "$1" out; }

need() { # PROGRAM
    command -v "$1" >/dev/null 2>&1 || { echo "skipped: $1 is not installed"; exit 77; }
}

finish() {
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
    exit 0
}
