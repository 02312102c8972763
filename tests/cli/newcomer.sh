#!/bin/sh
# What somebody meets on the first day: mistakes that leave nothing behind, and messages that say what is true.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq
{ echo user,time,event,amount,channel; echo u1,2024-01-01 10:00:00,home,1,app; echo u1,2024-01-01 10:01:00,pay,2,web
  echo u2,2024-01-02 10:00:00,home,3,app; } >good.csv
{ echo user,time,event; echo u1,2024-01-01 10:00:00,home; echo u2,2024-01-02 10:00:00,home; echo ,2024-01-02 10:00:00,home; } >bad.csv

# A first import that fails leaves neither store nor folders; what was there stays.
expect 3 -s new/inner/store import events bad.csv --max-rejects 0
[ ! -e new ] || fail 'a failed first import leaves folders behind'
if grep -q 'rejected rows are in' err; then fail 'rows that were not kept are said to be kept'; fi
says err 'nothing was stored'
mkdir new
expect 3 -s new/inner/store import events bad.csv --max-rejects 0 --rejects kept.csv
[ -d new ] && [ ! -e new/inner ] || fail 'not just what the import made is gone'
says err 'rejected rows are in kept.csv'
[ -s kept.csv ] || fail 'kept.csv is not there'
expect 0 import events good.csv --quiet
expect 3 import events bad.csv --max-rejects 0
expect 0 info --format json
equals 'events after a failed import' "$(json .summary.events)" 3

# A file that is no text.
head -c 2000 /dev/zero >zeros
expect 3 import events zeros
if grep -q '(null)' err; then fail 'the message holds (null)'; fi

# Messages that name what there is.
expect 2 user
says err 'user: ID is missing'
expect 2 user u1 --users 1
says err 'no option --users'
"$waymark" help user >out 2>err
if grep -q -e '--users' out; then fail 'help user offers --users'; fi
expect 0 help funnel
says out 'lost:2'
expect 2 events --by chanel
says err 'its properties: channel, amount'
expect 2 events --metric 'sum(channel)'
says err 'these do: amount'
expect 2 --hlp
says err 'waymark: there is no option --hlp'
if grep -q 'waymark: waymark:' err; then fail 'a message says waymark twice'; fi
{ echo event,zh,en; echo home,首页,Home page; } >names.csv
expect 0 import names names.csv --quiet
expect 2 funnel --step 首页
says err 'write home'
expect 2 segment count 'did(`Home page`)'
says err 'write home'

# A store of somebody else.
if [ "$(id -u)" != 0 ]; then
    chmod 0 "$WAYMARK_STORE"
    expect 3 info
    says err 'permission denied'
    says err "$(id -un)"
    chmod 700 "$WAYMARK_STORE"
fi

# What was left to defaults is told.
expect 0 paths --format json
equals 'default of --top' "$(json .parameters.top)" 8
expect 0 user u1 --format json --tz Asia/Shanghai
equals 'zone' "$(json .parameters.tz)" Asia/Shanghai

# As many lines as were asked for; nothing lost for want of columns.
expect 0 events --size 80x12 --quiet
equals 'lines of --size 80x12' "$(wc -l <out | tr -d ' ')" 12
expect 0 info
says out 'Bytes: '
expect 0 events --unit all --table
says out 'whole period (2024-01-01..2024-01-02)'

# A list of customers as we write it is a list of customers as we read it, whatever their ids look like.
{ echo user,time,event; for id in +8613800 -5 @x =1+1 a; do echo "$id,2024-01-01 10:00:00,home"; done; } >ids.csv
expect 0 -s ids import events ids.csv --tz UTC --quiet
expect 0 -s ids segment users 'did(home) >= 1' --format csv --output list.csv
expect 0 -s ids import segment back list.csv --format json
equals 'ids that come back' "$(json '"\(.summary.matched) \(.summary.unmatched)"')" '5 0'
finish
