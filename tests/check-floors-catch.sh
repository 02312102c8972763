#!/bin/sh
# The floor check itself must catch a planted breach of each kind.
set -eu
src=${top_srcdir:-.}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp -R "$src/src" "$tmp/src"
chmod -R u+w "$tmp/src"
check() { sh "$src/tests/check-floors.sh" "$tmp" /nonexistent; }

check >"$tmp/clean" || { echo "the tree itself is not clean:"; cat "$tmp/clean"; exit 1; }
plant() { # file, line, what
    cp "$tmp/src/$1" "$tmp/saved"
    echo "$2" >>"$tmp/src/$1"
    if check >"$tmp/out"; then echo "not caught: $3"; exit 1; fi
    cp "$tmp/saved" "$tmp/src/$1"
}
plant base/str.c '#include "store/env.h"' 'a floor above'
plant import/load.c '#include "analysis/scan.h"' 'a sibling'
plant cli/cli.c '#include "tui/tui.h"' 'the other front end'
plant render/canvas.c '#include <curses.h>' 'curses outside tui/term.c'
plant analysis/scan.c '#include <lmdb.h>' 'LMDB outside store/'
plant expr/parse.c '#include <pcre2.h>' 'PCRE2 outside expr/regex.c'
plant import/load.c '#include <csv.h>' 'libcsv outside import/csv_source.c'
touch "$tmp/src/tui/str.c"
if check >"$tmp/out"; then echo "not caught: a base name used twice"; exit 1; fi
