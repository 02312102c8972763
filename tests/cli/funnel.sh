#!/bin/sh
# The funnel's options on a few customers, counted by hand; and everywhere: a list of customers is as long as the number
# it stands behind, groups add up, a trend's rows are the funnels of their periods.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq

# u1 all steps in a minute each, twice home          u2 pays 8 days later             u3 looks on another day
# u4 goes to help before paying, on order 7          u5 pays order 9 having looked at order 8
# u6 leaves out look                                 u7 looks and pays at one instant, pay first in the file
cat >events.csv <<'CSV'
user,time,event,channel,order,amount
u1,2024-03-01 10:00:00,home,app,1,
u1,2024-03-01 10:01:00,home,web,1,
u1,2024-03-01 10:02:00,look,app,1,5
u1,2024-03-01 10:03:00,pay,app,1,10.5
u2,2024-03-01 11:00:00,home,web,2,
u2,2024-03-01 11:05:00,look,web,2,7
u2,2024-03-09 11:05:00,pay,web,2,20
u3,2024-03-02 23:50:00,home,app,3,
u3,2024-03-03 00:05:00,look,app,3,1
u4,2024-03-04 09:00:00,home,,7,
u4,2024-03-04 09:10:00,look,,7,3
u4,2024-03-04 09:11:00,help,,7,
u4,2024-03-04 09:12:00,pay,,7,4
u5,2024-03-05 09:00:00,home,app,9,
u5,2024-03-05 09:01:00,look,app,8,2
u5,2024-03-05 09:02:00,pay,app,9,6
u6,2024-03-11 09:00:00,home,web,4,
u6,2024-03-11 09:30:00,pay,web,4,8
u7,2024-03-12 09:00:00,home,app,5,
u7,2024-03-12 09:40:00,pay,app,5,3
u7,2024-03-12 09:40:00,look,app,5,2
CSV
cat >users.csv <<'CSV'
user,age,city,step
u1,30,A,
u2,40,A,x
u3,50,B,y
u4,60,B,
u5,30,,
CSV
expect 0 import events events.csv --tz UTC --type order=text
expect 0 import users users.csv --tz UTC

# funnel USERS OPTION...: users of each step, as "7 6 3".
funnel() {
    users=$1
    shift
    expect 0 funnel --step home --step look --step pay "$@" --format json
    equals "$*" "$(json '[.rows[].users] | join(" ")')" "$users"
}
who() { # USERS WHO OPTION...
    users=$1 whose=$2
    shift 2
    expect 0 funnel --step home --step look --step pay "$@" --users "$whose" --format json
    equals "$whose of $*" "$(json '[.rows[].user] | join(" ")')" "$users"
}
nobody() { # WHO OPTION...
    whose=$1
    shift
    expect 1 funnel --step home --step look --step pay "$@" --users "$whose"
}

funnel '7 6 3'
equals lost "$(json '[.rows[].lost] | join(" ")')" '0 2 0'
equals open "$(json '[.rows[].open] | join(" ")')" '1 1 0'
who 'u2 u3' lost:2
who u6 open:1
who u7 open:2

# windows; both ends count
funnel '7 6 4' --window 9d
funnel '7 5 3' --window same-day
funnel '7 5 3' --window same-session
funnel '7 4 3' --window same-session --gap 10m
funnel '7 6 4' --window none
funnel '7 4 3' --window 12m
funnel '7 4 2' --window 719999999us

# ties: u7 pays and looks at one instant
funnel '7 6 4' --ties any
funnel '7 6 3' --ties strict
funnel '7 5 2' --order strict
funnel '7 7 4' --order any
equals 'names of any order' "$(json '.rows[1].name')" 'any 2'

# from step to step
funnel '7 6 3' --step-window 3=2m
funnel '7 6 2' --step-window 3=119s
funnel '7 3 2' --step-window 2=5m
funnel '7 5 2' --step-gap 2=2m
funnel '7 6 1' --step-gap 3=61s

# help lies between look and pay of u4
funnel '7 6 2' --exclude 'help between 2 and 3'
equals excluded "$(json .summary.excluded)" 1
who u4 excluded --exclude 'help between 2 and 3'
funnel '7 6 2' --exclude help
funnel '7 6 2' --exclude 'help between 1 and 2' --exclude 'help between 2 and 3'
equals 'what breaks chains' "$(json .rule | grep -o 'an event help between steps [0-9] and [0-9]' | tr '\n' ' ')" \
    'an event help between steps 1 and 2 an event help between steps 2 and 3 '
funnel '7 6 3' --exclude 'help between 1 and 2'
funnel '6 5 2' --exclude 'help between 2 and 3' --exclude-effect drop
who u4 lost:2 --exclude 'help between 2 and 3' --to 2024-03-04 --from 2024-03-04

funnel '7 5 5' --optional 2
equals 'rate over an optional step' "$(json '.rows[2].rate')" "$(jq -n '5/7')"
funnel '7 5 2' --hold order
funnel '6 2 1' --hold order --hold channel --window 5m
who u5 open:1 --hold order --from 2024-03-05 --to 2024-03-05 --window 30d

# units
funnel '7 5 3' --unit session --gap 20m
equals considered "$(json .summary.sessions_considered)" 10
equals 'sessions are no users' "$(json .summary.users_considered)" null
funnel '7 5 2' --unit order
equals 'units are no users' "$(json '.summary | has("units_considered") and (has("users_considered") | not)')" true
who 'u1 u4' reached:3 --unit order

# rules
funnel '7 6 3' --rule first
funnel '7 6 3' --rule latest
funnel '7 6 4' --rule clickhouse
funnel '7 6 4' --rule retentioneering
funnel '7 6 5' --rule posthog --window 9d
funnel '7 6 5' --rule posthog --optional 2
expect 0 funnel --step home --step look --step pay --rule all --format json
equals 'rules' "$(json '[.rows[] | select(.step == 3) | "\(.group)=\(.users)"] | join(" ")')" \
    'best=3 first=3 latest=3 clickhouse=4 posthog=4 mixpanel=4 doris=3 retentioneering=4'
equals 'differ' "$(json '[.rows[] | select(.step == 3) | .differ] | join(" ")')" '0 0 0 1 1 1 0 1'
who u7 differ:posthog --rule all
who u2 differ:retentioneering --rule all

# groups: u4 has no channel, u1's best chain began on the web
funnel '3 3 1 3 2 1 1 1 1' --by channel
equals groups "$(json '[.rows[0:3][].group] | join(" ")')" 'app web (none)'
who 'u3 u5 u7' 'reached:1 app' --by channel
who u4 'reached:3 (none)' --by channel
funnel '2 5 2 4 2 1' --by channel --attribute 'step 3'
funnel '3 3 1 3 2 1 1 1 1' --by channel --top 1
who 'u1 u2 u6' 'reached:1 (other)' --by channel --top 1
funnel '2 2 3 2 2 2 1 1 1' --by user.city
who 'u3 u4' 'reached:2 B' --by user.city

# two segments beside each other: those of 40 and more are u2 u3 u4, none pays but u4
expect 0 funnel --step home --step look --step pay --segment 'age < 40' --compare 'age >= 40' --format json
equals compared "$(json '[.rows[].users] | join(" ")')" '2 3 2 3 2 1'
equals 'groups compared' "$(json '[.rows[0:2][].group] | join(" | ")')" 'age < 40 | age >= 40'
# 1/3 - 2/2; Newcombe's method 10 with Wilson limits 0.0615..0.7923 and 0.3424..1
equals difference "$(json '.rows[5].difference * 10000 | round')" -6667
equals low "$(json '.rows[5].low * 1000 | round')" -939
equals high "$(json '.rows[5].high * 1000 | round')" 135
who 'u4' 'reached:3 age >= 40' --segment 'age < 40' --compare 'age >= 40'
who 'u1 u5' 'reached:3 age < 40' --segment 'age < 40' --compare 'age >= 40'

# a trend's rows are the funnels of their periods
expect 0 funnel --step home --step look --step pay --trend week --format json
equals weeks "$(json '[.rows[] | "\(.bucket[0:10]) \(.users) \(.converted)"] | join(", ")')" \
    '2024-02-26 3 1, 2024-03-04 2 2, 2024-03-11 2 0'
funnel '3 3 1' --from 2024-02-26 --to 2024-03-03
who 'u4 u5' 'reached:3 2024-03-04' --trend week

# and broken down: the largest groups of all weeks together, each in every week it is in
trend_by() { # ROWS OPTION...
    rows=$1
    shift
    expect 0 funnel --step home --step look --step pay --trend week "$@" --format json
    equals "trend $*" "$(json '[.rows[] | "\(.bucket[5:10]) \(.group) \(.users) \(.converted)"] | join(", ")')" "$rows"
}
trend_by '02-26 app 1 0, 02-26 web 2 1, 03-04 app 1 1, 03-04 (none) 1 1, 03-11 app 1 0, 03-11 web 1 0' --by channel
trend_by '02-26 app 1 0, 02-26 (other) 2 1, 03-04 app 1 1, 03-04 (none) 1 1, 03-11 app 1 0, 03-11 (other) 1 0' \
    --by channel --top 1
trend_by '02-26 A 2 1, 02-26 B 1 0, 03-04 B 1 1, 03-04 (none) 1 1, 03-11 (none) 2 0' --by user.city
who u1 'reached:3 2024-02-26 web' --trend week --by channel
who 'u1 u2' 'reached:1 2024-02-26 (other)' --trend week --by channel --top 1
who u4 'reached:3 2024-03-04 (none)' --trend week --by channel
nobody 'reached:1 2024-03-11 (none)' --trend week --by channel
expect 0 funnel --step home --step look --step pay --trend week --by channel --top 1 --quiet
says out '(other)'

# amounts, times, what next
expect 0 funnel --step home --step look --step pay --sum amount --format json
equals sums "$(json '[.rows[].sum] | join(" ")')" '0 20 20.5'
# what was asked for is in the picture, too
expect 0 funnel --step home --step look --step pay --sum amount --quiet
says out ' Sum '
says out ' 20.5'
expect 0 funnel --step home --step look --step pay --times --format json
equals quantiles "$(json '.rows[1] | [.users, .min_s, .p25_s, .median_s, .p75_s, .p90_s, .max_s] | join(" ")')" \
    '3 60 60 60 90 108 120'
equals whole "$(json '.rows[2] | [.users, .median_s] | join(" ")')" '3 120'
equals histogram "$(json '[.histogram[] | "\(.from_s) \(.to_s) \(.users)"] | join(", ")')" '120 300 2, 300 600 0, 600 1800 1'
expect 0 funnel --step home --step look --step pay --next 2 --format json
equals next "$(json '[.rows[] | "\(.when) \(.event) \(.users)"] | join(", ")')" \
    'next (end) 2, last look 1, last pay 1'
who 'u2 u3' 'next:2 (end)'
who u2 'last:2 pay'
expect 0 funnel --step home --step look --step pay --next 2 --by channel --format json
equals 'next of groups' "$(json '[.rows[] | "\(.when) \(.group) \(.event) \(.users) \(.share)"] | join(", ")')" \
    'next app (end) 1 1, next web (end) 1 1, last app look 1 1, last web pay 1 1'
who u2 'next:2 web > (end)' --by channel
who u3 'last:2 app > look' --by channel
who u2 'last:2 (other) > pay' --by channel --top 1
nobody 'last:2 app > pay' --by channel

# names with arrows in them: the group may end at any
cat >arrows.csv <<'CSV'
user,time,event,channel
a1,2024-03-01 10:00:00,home,y
a1,2024-03-01 10:01:00,home > card,y
a2,2024-03-01 10:00:00,home,x > home
a2,2024-03-01 10:01:00,card,x > home
a3,2024-03-01 10:00:00,home,x
a3,2024-03-01 10:01:00,card,x
a4,2024-03-20 10:00:00,pay,x
CSV
expect 0 -s arrows import events arrows.csv --tz UTC
behind() { # USER EVENT-OF-GROUP
    expect 0 -s arrows funnel --step home --step pay --by channel --users "next:1 $2" --format json
    equals "behind $2" "$(json '[.rows[].user] | join(" ")')" "$1"
}
behind a3 'x > card'
behind a1 'y > home > card'
behind a2 'x > home > card'
expect 0 -s arrows funnel --step home --step pay --by channel --users 'next:1 home > card' --format json
equals 'an event of all groups' "$(json '[.rows[].user] | join(" ")')" a1

# a list to call back from: how far, when, and what is known of them
expect 0 funnel --step home --step look --step pay --users lost:2 --columns 'city, user.age,step' --format csv
equals 'recall list' "$(cat out)" "user,events,first,last,step,reached,city,age,user.step
u2,3,2024-03-01T11:00:00+00:00,2024-03-09T11:05:00+00:00,2,2024-03-01T11:05:00+00:00,A,40,x
u3,2,2024-03-02T23:50:00+00:00,2024-03-03T00:05:00+00:00,2,2024-03-03T00:05:00+00:00,B,50,y"
expect 0 funnel --step home --step look --step pay --users open:1 --columns age --format json
equals 'nothing known' "$(json '.rows[0] | [.user, .step, .age] | map(tostring) | join(" ")')" 'u6 1 null'
expect 0 events --unit all --users all --columns city --limit 1 --format json
equals 'columns of any list' "$(json '.rows[0].city')" A
expect 0 funnel --step home --users reached:1 --columns city,age,user.city --format csv
equals 'each column once' "$(head -n 1 out)" 'user,events,first,last,step,reached,city,age'
expect 2 funnel --step home --users reached:1 --columns town
says err 'customers have no attribute town; these they have: '

# one customer
expect 0 funnel --step home --step look --step pay --explain u2 --format json
equals explained "$(json '[.rows[] | "\(.chain) \(.step) \(.event)"] | join(", ")')" '0 1 home, 0 2 look, 0 3 pay'
says out 'is 1d00h after the window'
expect 0 funnel --step home --step look --step pay --explain u1 --format json
says out 'completed with it, but begun earlier'
expect 0 funnel --step home --step look --step pay --exclude help --explain u4 --format json
says out 'comes after help at 2024-03-04 09:11:00, which breaks the chain'
expect 0 funnel --step home --step look --step pay --hold order --explain u5 --format json
expect 1 funnel --step home --explain nobody

# every number is the length of a list
for options in '' '--trend week --by channel' '--trend day --by user.city --top 1' '--by channel' '--by user.city --top 1' '--trend day' '--unit session' '--hold order' \
    '--order any' '--ties any' '--rule posthog' '--optional 2' '--compare age>=40' '--exclude help'; do
    # shellcheck disable=SC2086
    expect 0 funnel --step home --step look --step pay $options --format json
    case $options in
    --trend*--by*) json '.rows[] | "reached:1 \(.bucket[0:10]) \(.group)\t\(.users)", "reached:3 \(.bucket[0:10]) \(.group)\t\(.converted)"' ;;
    --trend*) json '.rows[] | "reached:1 \(.bucket[0:10])\t\(.users)", "reached:3 \(.bucket[0:10])\t\(.converted)"' ;;
    *) json '.rows[] | .group as $g | .step as $s | [["reached", .users], ["lost", .lost], ["open", .open]][] |
        select(.[1] != null) | "\(.[0]):\($s)\(if $g then " " + $g else "" end)\t\(.[1])"' ;;
    esac >numbers
    while IFS="$(printf '\t')" read -r whose number; do
        # shellcheck disable=SC2086
        "$waymark" funnel --step home --step look --step pay $options --users "$whose" --format json >out 2>err </dev/null
        [ "$options" = '--unit session' ] && continue
        equals "$options --users $whose" "$(json .summary.users)" "$number"
    done <numbers
done

# the edges of doc/FUNNEL.md: customers e1 … e9, one each
cat >edges.csv <<'CSV'
user,time,event
e1,2024-05-01 00:00:00,ea
e1,2024-05-08 00:00:00,eb
e2,2024-05-01 00:00:00,ea
e2,2024-05-08 00:00:00.000001,eb
e3,2024-05-01 00:00:00,ea
e3,2024-05-01 00:00:00,eb
e4,2024-05-01 00:00:00,eb
e4,2024-05-01 00:00:00,ea
e5,2024-05-01 00:00:00,ea
e5,2024-05-01 00:01:00,ex
e5,2024-05-01 00:02:00,eb
e6,2024-05-01 00:00:00,ea
e6,2024-05-01 00:01:00,ex
e6,2024-05-01 00:02:00,ea
e6,2024-05-01 00:03:00,eb
e7,2024-05-01 00:00:00,ea
e7,2024-05-01 00:02:00,ex
e7,2024-05-01 00:02:00,eb
e8,2024-05-01 00:00:00,ea
e8,2024-05-01 00:02:00,eb
e8,2024-05-01 00:02:00,ex
CSV
expect 0 import events edges.csv --tz UTC
expect 0 funnel --step ea --step eb --explain e2
says out 'step 2 at 2024-05-08 00:00:00.000001 is 1us after the window'
edge() { # USERS OPTION...
    users=$1
    shift
    expect 0 funnel --step ea --step eb "$@" --users reached:2 --format json
    equals "edge $*" "$(json '[.rows[].user] | join(" ")')" "$users"
}
edge 'e1 e3 e5 e6 e7 e8'
edge 'e1 e5 e6 e7 e8' --ties strict
edge 'e1 e3 e4 e5 e6 e7 e8' --ties any
edge 'e1 e3 e6 e8' --exclude ex
edge 'e1 e3 e4 e6 e7 e8' --exclude ex --ties any
expect 0 funnel --step ea --step ea --users reached:2 --format json
equals 'the same step twice' "$(json '[.rows[].user] | join(" ")')" e6
expect 0 funnel --step ea --step 'ea or eb' --users reached:2 --rule clickhouse --where 'event = "ea"' --format json
equals 'one row for two steps' "$(json '.summary.users')" 8
expect 0 funnel --step ea --step eb --exclude ex --explain e7 --format json
says out 'comes after ex'

# lists cut short, and questions that mean everybody
expect 0 funnel --step home --step look --users reached:1 --limit 2 --format json
equals 'a short list' "$(json '[.summary.users, .summary.shown, (.rows | length)] | join(" ")')" '7 2 2'
expect 0 funnel --step home --step look --users reached:1 --top 2 --format json
equals 'top is of groups' "$(json '.rows | length')" 7
expect 2 segment count 'who("funnel --step home --users reached:1 --limit 2")'
says err 'means everyone'
expect 2 segment count 'who("funnel --step home --users reached:1 --columns age")'
says err 'has no columns'

# what would be left out without a word is refused, and one check is made of every number
refused() { # TEXT ARGUMENT...
    text=$1
    shift
    expect 2 "$@"
    says err "$text"
}
refused '--limit 5 means nothing without --users' funnel --step home --limit 5
refused '--limit 5 means nothing without --users' find u1 --limit 5
refused '--columns age means nothing without --users' funnel --step home --columns age
refused '--attribute last means nothing without --by' funnel --step home --attribute last
refused '--exclude-effect drop means nothing without --exclude' funnel --step home --exclude-effect drop
for n in 0 -3 x; do
    refused "--limit $n: write a whole number of 1 or more" funnel --step home --users reached:1 --limit $n
    refused "--limit $n: write a whole number of 1 or more" profile 'age > 3' --users all --limit $n
    refused "--depth $n: write a whole number of 1 or more" paths --depth $n
    refused "--next $n: write a whole number of 1 or more" funnel --step home --step look --next $n
    refused "--users $n: write a whole number of 1 or more" generate nowhere --users $n
done
refused '--depth 33: write a whole number from 1 to 32' paths --depth 33
refused '--next 3: write a whole number from 1 to 2' funnel --step home --step look --next 3
refused '--top -1: write a whole number of 0 or more' funnel --step home --top -1
refused '--top -1: write a whole number of 0 or more' segment users 'age > 3' --top -1

# how long it took, as a picture
expect 0 funnel --step home --step look --step pay --times
says out 'First step to last'
says out '2m00s to 5m00s'

# chains told in words, whole at 80 columns; any id of a customer will do
expect 0 funnel --step home --step look --step pay --explain u2
says out 'step 3 at 2024-03-09 11:05:00 is 1d00h after the window'
expect 1 funnel --step look --step pay --explain u6
says out 'never did the first step'
printf 'id,customer\nx2,u2\n' >links.csv
printf 'user,time,event\nx2,2024-03-02 11:00:00,look\n' >more.csv
expect 0 import events more.csv --tz UTC
expect 0 import links links.csv
expect 0 funnel --step home --step look --step pay --explain x2 --format json
equals 'by another id' "$(json '.summary.user + " " + (.summary.level | tostring)')" 'u2 2'

# what cannot be
for wrong in '--window same-week' '--order none' '--rule amplitude' '--rule clickhouse:strict' '--optional 1' '--optional 4' \
    '--step-window 1=5m' '--step-window 2' '--step-gap 2=10m --step-window 2=5m' '--exclude nothing' '--hold nothing' \
    '--unit nothing' '--by nothing' '--by user.nothing' '--attribute middle' '--trend year' '--sum channel' '--next 9' \
    '--by channel --compare age>3' '--rule doris --optional 2' '--rule all --hold order --window same-day' '--users lost:9' \
    '--order any --ties strict' '--order any --rule first' '--users differ:doris'; do
    # shellcheck disable=SC2086
    expect 2 funnel --step home --step look --step pay $wrong
done
expect 2 funnel --step home --step look --step pay --exclude 'help between 3 and 2'
# a group needs something that makes groups: nobody would be a wrong answer
expect 2 funnel --step home --step look --users 'lost:1 app'
says err 'a group of --by'
# ---- a name that needs back quotes is read without them
printf 'user,time,event\na,2024-03-01 10:00:00,pick a payee\na,2024-03-01 10:01:00,pay\n' >blank.csv
expect 0 -s blank import events blank.csv --quiet
expect 0 -s blank funnel --step '`pick a payee`' --step pay --format json
equals 'names of steps' "$(json '[.rows[].name] | join(",")')" 'pick a payee,pay'

finish
