#!/bin/sh
# Every string of the sources stands in po/zh_CN.po, translated, with the same printf directives.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need xgettext
need msgcmp
need msgfmt

cd "$top_srcdir" || exit 99
find src -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort |
    xgettext -f - -o "$tmp/waymark.pot" --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --add-location=file
cd "$tmp" || exit 99
msgcmp "$top_srcdir/po/zh_CN.po" waymark.pot 2>err || fail 'po/zh_CN.po is not complete; make update-po, then translate'
msgfmt -c -o waymark.mo "$top_srcdir/po/zh_CN.po" 2>err || fail 'po/zh_CN.po is not well formed'

mkdir -p zh_CN/LC_MESSAGES
cp waymark.mo zh_CN/LC_MESSAGES/
WAYMARK_LOCALEDIR=$tmp "$waymark" --lang zh_CN help >out 2>err
says out 漏斗
longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' out)
[ "$longest" -le 240 ] || fail "Chinese help is $longest bytes wide"
finish
