#!/bin/sh
# The screen in README is what the program prints for the sample bank, to the letter.
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
command=$(sed -n 's/^  \$ waymark //p' "$readme")
# shellcheck disable=SC2086  # words of a command line without quotes
"$bin" -s store $command --quiet --size 80x12 | sed '/^$/,$d' >now
sed -n '/^ # Step/,/^$/p' "$readme" | sed '/^$/d' >shown
diff shown now
