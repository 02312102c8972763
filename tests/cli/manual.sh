#!/bin/sh
# doc/waymark.1 is what the command tables say (make refresh-manual renews it), and troff has nothing to say about it.
. "${top_srcdir:-.}/tests/cli/lib.sh"

expect 0 help --man
cp out page
diff -u "$top_srcdir/doc/waymark.1" page >difference || { head -n 40 difference; fail 'doc/waymark.1 is out of date; make refresh-manual'; }
LC_ALL=zh_CN.UTF-8 "$waymark" help --man --lang en >out; cmp -s out page || fail 'the page depends on the locale'
if command -v groff >/dev/null 2>&1; then
    groff -man -Tutf8 -ww -z page 2>err; silent err
fi
finish
