#!/bin/sh
# Standard streams, signals and character sets.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq
{ echo user,time,event; echo u1,2024-01-01,登录; } >events.csv
expect 0 import events events.csv --quiet

# A reader who goes away is no error; a full disk is.
{ "$waymark" help --man; echo $? >status; } 2>err | head -n 1 >out
equals 'status with a reader gone' "$(cat status)" 0
silent err
if [ -w /dev/full ]; then
    "$waymark" info >/dev/full 2>err
    equals 'status with a full disk' $? 3
    says err 'standard output'
fi
"$waymark" info <&- >out 2>&-; equals 'status without standard input and error' $? 0

# JSON and CSV are UTF-8 whatever the locale; text is in the locale's character set.
for locale in C zh_CN.gb18030; do
    LC_ALL=$locale "$waymark" events --by event --format json >out 2>err
    equals "JSON under $locale" "$(json '.rows[0].group')" 登录
    LC_ALL=$locale "$waymark" events --by event --format csv >out 2>err
    says out 登录
done
LC_ALL=C "$waymark" events --by event --table >out 2>err
if LC_ALL=C grep -q '[^ -~]' out; then fail 'text under LC_ALL=C is not ASCII'; fi
if LC_ALL=zh_CN.gb18030 locale charmap 2>/dev/null | grep -q GB18030; then
    LC_ALL=zh_CN.gb18030 "$waymark" events --by event --table >out 2>err
    iconv -f GB18030 -t UTF-8 out >utf8 || fail 'text under GB18030 is not GB18030'
    grep -q 登录 utf8 || fail 'text under GB18030 has lost its characters'
fi

# A termination signal ends an import with status 4 and the store as it was.
expect 0 info --format json
before=$(json '.summary | del(.bytes)')
mkfifo pipe
"$waymark" import events pipe >out 2>err &
importer=$!
exec 3>pipe
{ echo user,time,event; i=0; while [ $i -lt 3000 ]; do echo "v$i,2024-02-02 02:02:02,home"; i=$((i + 1)); done; } >&3
sleep 1
kill -TERM "$importer"
exec 3>&-
wait "$importer"
equals 'status of an interrupted import' $? 4
expect 0 info --format json
equals 'store after an interrupted import' "$(json '.summary | del(.bytes)')" "$before"
expect 0 check
finish
