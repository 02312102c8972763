#!/bin/sh
# From a small export to every kind of answer, in every format; the expected numbers are counted by hand.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq

# u1 goes all the way; u2 buys before looking again; u3 stops; u4 comes back too late; the last row repeats the first.
cat >events.csv <<'CSV'
user,time,event,channel,amount
u1,2024-03-01 10:00:00,home,app,
u1,2024-03-01 10:01:00,list,app,
u1,2024-03-01 10:05:00,buy,app,10.5
u2,2024-03-01 11:00:00,home,web,
u2,2024-03-01 11:02:00,buy,web,20
u2,2024-03-02 09:00:00,list,web,
u3,2024-03-02 08:00:00,home,app,
u4,2024-03-01 12:00:00,home,"a ""quoted"" channel",
u4,2024-03-20 12:00:00,list,app,
u4,2024-03-20 12:01:00,buy,app,7
u1,2024-03-01 10:00:00,home,app,
CSV
cat >users.csv <<'CSV'
user,age,city
u1,30,上海
u9,41,北京
CSV

expect 0 import events events.csv --tz UTC --format json
says err 'user'
equals rows "$(json .summary.rows)" 11
equals events "$(json .summary.events)" 10
equals users "$(json .summary.users)" 4
equals new_users "$(json .summary.new_users)" 4
equals duplicates "$(json .summary.duplicates)" 1
equals rejected "$(json .summary.rejected)" 0
equals bytes "$(json .summary.bytes)" "$(wc -c <events.csv)"
equals 'type of seconds' "$(json '.summary.seconds | type')" number
expect 0 import users users.csv --quiet --format json; silent err
equals 'users of users.csv' "$(json .summary.users)" 2
equals 'new users of users.csv' "$(json .summary.new_users)" 1

expect 0 info --format json
equals 'info events' "$(json .summary.events)" 10
equals 'info users' "$(json .summary.users)" 5
equals 'info users_with_events' "$(json .summary.users_with_events)" 4
equals 'info event_names' "$(json .summary.event_names)" 3
equals 'info first' "$(json .summary.first)" 2024-03-01T10:00:00+00:00
equals 'info last' "$(json .summary.last)" 2024-03-20T12:01:00+00:00
equals 'info imports' "$(json '.rows | length')" 2

expect 0 funnel --step home --step list --step buy --window 7d --format json
equals 'funnel users' "$(json '[.rows[].users] | join(" ")')" '4 2 1'
equals 'funnel names' "$(json '[.rows[].name] | join(" ")')" 'home list buy'
equals 'funnel keys' "$(json 'keys_unsorted | join(" ")')" 'analysis rule command parameters summary rows'
equals 'converted' "$(json .summary.converted)" 1
equals 'considered' "$(json .summary.users_considered)" 4
command=$(json .command)
case $command in *"funnel --step home --step list --step buy --window 7d"*) ;; *) fail "command: $command" ;; esac
cp out asked
eval "set -- ${command#waymark }"
"$waymark" "$@" --format json >again 2>err
equals 'the command it names gives the same' "$(jq -S '.rows, .summary' again)" "$(jq -S '.rows, .summary' asked)"
expect 0 funnel --step home --step list --step buy --window none --format json
equals 'funnel without window' "$(json '[.rows[].users] | join(" ")')" '4 3 2'
expect 0 funnel --step home --step 'buy and channel = "web"' --format json
equals 'funnel with a condition' "$(json '[.rows[].users] | join(" ")')" '4 1'

expect 0 events --unit day --metric users --format csv
equals 'events header' "$(head -n 1 out)" 'bucket,group,events,users,value'
expect 0 paths --start home --depth 3 --format json
json '.summary.nodes[] | select(.in != .out + .ended) | .name' >broken
[ ! -s broken ] || fail "paths: in = out + ended does not hold for $(cat broken)"
expect 0 user u1 --format json
equals 'user events' "$(json .summary.events)" 3
equals 'user rows' "$(json '[.rows[].event] | join(" ")')" 'home list buy'
equals 'user property' "$(json '.rows[2].properties.amount')" 10.5
equals 'user attribute' "$(json .summary.attributes.city)" 上海
expect 0 transitions --format json

# The people behind a number.
expect 0 funnel --step home --step list --window 7d --users reached:2 --format csv
equals 'reached:2' "$(sed 1d out | cut -d, -f1 | sort | tr '\n' ' ')" 'u1 u2 '

# Every format is well formed and the same table.
for question in 'info' 'check' 'events' 'funnel --step home --step buy' 'paths' 'transitions' 'user u4'; do
    # shellcheck disable=SC2086
    {
        expect 0 $question --format json
        jq -e 'type == "object" and (.rows | type == "array") and (.rule | length > 0)' out >/dev/null ||
            fail "$question: not the JSON object of the contract"
        rows=$(json '.rows | length')
        expect 0 $question --format csv
        records=$(awk 'BEGIN { RS = "\"" } NR % 2 { n += gsub(/\n/, "") } END { print n }' out)
        equals "$question: CSV records" "$records" $((rows + 1))
        expect 0 $question
        if LC_ALL=C grep -q "$(printf '\033')" out; then fail "$question: escapes in text that goes to no terminal"; fi
        expect 0 $question --glyphs ascii --size 60x20
        expect 0 $question --table --quiet
    }
done
expect 0 events --glyphs ascii; LC_ALL=C grep -q '[^ -~]' out && fail 'not plain ASCII with --glyphs ascii'
COLUMNS=132 "$waymark" info >out; expect 0 info

# Nothing matched: an answer, but a negative one.
expect 1 user nobody; says err nobody
expect 1 funnel --step 'home and channel = "none such"'
expect 1 events --from 2030-01-01

# A file of its own, for this user only.
expect 0 info --format json --output answer.json; silent out
jq -e .summary answer.json >/dev/null || fail 'answer.json is no JSON'
equals 'mode of answer.json' "$(stat -c %a answer.json)" 600
expect 3 info --output no/such/folder.json; says err folder.json
expect 3 info --output "$tmp"

# Conditions that make no sense point at the place.
expect 2 funnel --step home --step 'chanel = "app"'
silent out; says err channel; says err '^^^'
expect 2 events --where 'amount > "x"'
says err '^'
finish
