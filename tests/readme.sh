#!/bin/sh
# The screens in README are what the program prints for the sample bank, to the letter. A screen is the line `  $ waymark …` and
# what stands below it up to the next one or to the list; blank lines do not count.
# REFRESH=1 writes them anew.
set -eu
bin=$(cd "${top_builddir:-.}" && pwd)/waymark
readme=$(cd "${top_srcdir:-.}" && pwd)/README
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
LC_ALL=C.UTF-8 LANGUAGE=en
export LC_ALL LANGUAGE
"$bin" generate bank --quiet >/dev/null
"$bin" -s store import events bank/events.csv --tz Asia/Shanghai --quiet >/dev/null 2>&1

shown() { # N: the nth screen of README
    awk -v n="$1" '/^  \$ waymark / { at++; next } /^  \* / { at = -1 } at == n && NF' "$readme"
}
now() { # COMMAND
    # shellcheck disable=SC2086  # words of a command line without quotes
    "$bin" -s store $1 --quiet | awk NF
}

sed -n 's/^  \$ waymark //p' "$readme" >commands
[ "$(wc -l <commands)" -ge 2 ] || { echo "README shows fewer screens than it should"; exit 1; }
n=0
while read -r command; do
    n=$((n + 1))
    shown $n >shown.$n
    now "$command" >now.$n
    [ -s now.$n ] || { echo "nothing is printed by: $command"; exit 1; }
    [ -n "${REFRESH-}" ] || diff shown.$n now.$n
done <commands
[ -n "${REFRESH-}" ] || exit 0
awk '/^  \$ waymark / { n++; print; print ""; while ((getline line < ("now." n)) > 0) print line; print ""; in_screen = 1; next }
    /^  \* / { in_screen = 0 } !in_screen' "$readme" >new
cat new >"$readme"
