#!/bin/sh
# Imports as a bank runs them: rows mended and loaded again, the same file twice, a folder that is followed, other names
# of customers, and an import taken back.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq

# Mend and reload: afterwards the store holds what it would have held without the mistakes.
{
    echo user,event,time,amount
    i=0
    while [ $i -lt 300 ]; do
        i=$((i + 1))
        printf 'u%d,e%d,2026-01-01 00:%02d:%02d,%d\n' $((i % 40)) $((i % 7)) $((i / 60)) $((i % 60)) $i
    done
} >good.csv
sed 's/^u13,/,/; s/,1\([0-9]\)$/,x\1/' good.csv >bad.csv
expect 0 -s whole import events good.csv --type amount=number --quiet
expect 0 -s mended import events bad.csv --type amount=number --rejects rejects.csv --mapping m.txt --format json
rejected=$(json .summary.rejected)
equals 'rejected rows' "$rejected" "$(diff good.csv bad.csv | grep -c '^>')"
equals 'lines of the rejects file' "$(wc -l <rejects.csv | tr -d ' ')" "$((rejected + 1))"
sed '2,$s/^,/u13,/; s/,x\([0-9]\)$/,1\1/' rejects.csv >again.csv
expect 0 -s mended import events again.csv --mapping m.txt --format json
equals 'rows of the mended file' "$(json .summary.events)" "$rejected"
for store in whole mended; do
    for user in u0 u13 u39; do "$waymark" -s $store user $user --gap none --format csv; done >$store.users
    "$waymark" -s $store info --format json | jq -c '.summary | [.events, .users, .first, .last]' >>$store.users
done
cmp -s whole.users mended.users || fail 'the mended store differs from the whole one'

# The same bytes under another name; a share of rejects that is too much leaves no trace.
cp good.csv copy.csv
expect 3 -s whole import events copy.csv; says err 'import 1'
expect 0 -s whole import events copy.csv --again --format json
equals 'events that come again' "$(json '[.summary.events, .summary.duplicates] | join(" ")')" '0 300'
expect 3 -s fresh import events bad.csv --type amount=number --max-rejects 5%; says err 'max-rejects'
expect 0 -s fresh import events good.csv --dry-run --format json
equals 'a dry run' "$(json .summary.events)" 300

# What every row must have: a table without such a column is refused, and so is a row whose object does not bring it.
printf 'user_id,time,event\nq,2026-01-01 10:00:00,z\n' >other.csv
printf 'klant,time,event\nq,2026-01-01 10:00:00,z\n' >nouser.csv
printf 'user_id,time\nq,2026-01-01 10:00:00\n' >noevent.csv
printf 'user_id,event\nq,z\n' >notime.csv
for file in nouser noevent notime; do
    expect 3 -s mixed import events other.csv $file.csv
    says err "$file.csv: there is no column"
done
printf '%s\n' event,time,properties 'e,2026-01-01 10:00:00,"{""id"":""u1""}"' 'e,2026-01-01 10:00:01,"{""x"":1}"' \
    e,2026-01-01T10:00:02, 'e,2026-01-01 10:00:03,"{""id"":""u2""}"' >object.csv
expect 0 -s object import events object.csv --user properties.id --format json
equals 'rows whose object names nobody' \
    "$(json '[.summary.events, .summary.rejected, .rows[0].reason] | join(" ")')" '2 2 no-user'

# Links: conflicts are told, circles refused.
printf 'id,customer\nu1,u2\nu1,u3\n' >links.csv
expect 0 -s whole import links links.csv --format json
equals 'conflict' "$(json '[.rows[] | .reason, .count] | join(" ")')" 'conflict 1'
printf 'id,customer\nu3,u1\n' >circle.csv
expect 3 -s whole import links circle.csv; says err circle
kinds() { json '[.rows[].kind] | join(" ")'; }
expect 0 -s whole info --format json
equals 'kinds of imports' "$(kinds)" 'events events links'
expect 0 -s whole info --import 3 --format json
equals 'kind of one import' "$(json .summary.kind)" links
printf 'user,city\nu1,x\nu2,y\n' >city.csv
printf 'id,customer\nu9,u1\n' >more.csv
expect 0 -s kinds import events good.csv --quiet
expect 0 -s kinds import users city.csv
expect 0 -s kinds import links links.csv
expect 0 -s kinds import links more.csv
expect 0 -s kinds compact
expect 0 -s kinds forget-import 4
expect 0 -s kinds info --format json
equals 'kinds after merging and forgetting' "$(kinds)" 'events users links links'

# Who has events is told by the directory of one part, by the users of several, and of customers.
distinct() { json .summary.users_with_events; }
cut -d, -f1 good.csv | sed 1d | sort -u >ids
expect 0 -s count import events good.csv --quiet
expect 0 -s count info --format json
equals 'users of one part' "$(distinct)" "$(wc -l <ids | tr -d ' ')"
printf 'user,event,time\nu1,a,2026-03-01 00:00:00\nnew,a,2026-03-01 00:00:00\n' >day.csv
expect 0 -s count import events day.csv --quiet
expect 0 -s count info --format json
equals 'users of several parts' "$(distinct)" "$(($(wc -l <ids) + 1))"
expect 0 -s count import links links.csv
expect 0 -s count info --format json
equals 'customers of several parts' "$(distinct)" "$(wc -l <ids | tr -d ' ')"

# Attributes without a time leave the zone to the events; with one, or when it is given, it is settled.
expect 0 -s zone import users city.csv
expect 0 -s zone import events day.csv --tz Asia/Tokyo
expect 0 -s zone info --format json
equals 'zone of the events' "$(json .summary.tz)" Asia/Tokyo
expect 0 -s given import users city.csv --tz Asia/Shanghai
expect 0 -s given import events day.csv --quiet
expect 0 -s given info --format json
equals 'zone that was given' "$(json .summary.tz)" Asia/Shanghai
printf 'user,since\nu1,2026-01-01 10:00:00\n' >since.csv
expect 0 -s timed import users since.csv
expect 0 -s timed import events day.csv --tz Asia/Tokyo
expect 0 -s timed info --format json
equals 'zone that a time needed' "$(json .summary.tz)" UTC

# A dry run stores nothing and makes no store; very many ids of one customer are told.
{ echo id,customer; i=0; while [ $i -lt 51 ]; do echo "dev$i,u4"; i=$((i + 1)); done; } >shared.csv
expect 0 -s whole import links shared.csv --dry-run --format json
equals 'crowded' "$(json '[.summary.new_users, .summary.crowded, .summary.most_ids] | join(" ")')" '51 1 51'
says out 'u4 with 51'
expect 0 -s whole info --format json
equals 'nothing new' "$(json '.summary.other_ids')" 1
expect 0 -s nowhere import links shared.csv --dry-run --format json
[ ! -e nowhere ] || fail 'a dry run made a store'
expect 3 -s nowhere forget-import 1; says err 'there is no store'
[ ! -e nowhere ] || fail 'forget-import made a store'

# One customer of ninety ids, whose events take turns, is the one who had one id all along.
awk 'BEGIN {
    print "user,time,event" > "ninety.csv"; print "user,time,event" > "single.csv"; print "id,customer" > "ninety_links.csv"
    for (n = 0; n < 450; n++) {
        second = n * 211 % 450 # each once
        row = sprintf("2026-01-01 10:%02d:%02d,e%d", second / 60, second % 60, second * second % 7)
        print "m" n % 90 "," row > "ninety.csv"; print "m0," row > "single.csv"
        if (n > 0 && n < 90) print "m" n ",m0" > "ninety_links.csv"
    }
}'
expect 0 -s ninety import events ninety.csv --tz UTC --quiet
expect 0 -s ninety import links ninety_links.csv --quiet
expect 0 -s single import events single.csv --tz UTC --quiet
for question in 'user m0 --gap none' 'transitions' 'paths --depth 9'; do
    for store in ninety single; do
        # shellcheck disable=SC2086
        expect 0 -s $store $question --format csv
        mv out $store.out
    done
    [ "$(wc -l <single.out)" -gt 7 ] && cmp -s ninety.out single.out || fail "$question differs for ninety ids"
done

# One customer by any of his ids; since when he has an attribute, and what it was.
expect 0 -s whole user u1 --format json
equals 'other ids' "$(json '[.summary.user // "", .summary.other_ids[]] | join(" ")' | sed 's/^ //')" "$(
    expect 0 -s whole user u3 --format json; json '[.summary.user // "", .summary.other_ids[]] | join(" ")' | sed 's/^ //')"
printf 'user,level\nu9,silver\n' >first.csv
printf 'user,level\nu9,gold\n' >second.csv
printf 'user,level\nu9,gold\n#\n' >third.csv
for f in first second third; do expect 0 -s layers import users $f.csv --quiet; done
expect 1 -s layers user u9 --format json
equals 'last change' "$(json '.changes[] | select(.attribute == "level") | [.import, .before, .before_import] | join(" ")')" \
    '2 silver 1'
expect 1 -s layers user u9; says out 'level: since import 2 of '; says out 'before: silver'
expect 0 -s layers forget-import 2 --quiet
expect 1 -s layers user u9 --format json
equals 'last change, one gone' "$(json '.changes[] | select(.attribute == "level") | [.import, .before, .before_import] | join(" ")')" \
    '3 silver 1'
expect 0 -s layers info --format json
equals 'forgotten' "$(json '[.rows[] | .forgotten != null] | join(" ")')" 'false true false'

# An import taken out, a copy, and giving space back.
expect 0 -s whole backup copy --format csv
equals 'an answer without rows, as CSV' "$(tr '\n' ' ' <out)" 'backup copy '
expect 0 -s copy check --quiet
expect 0 -s whole forget-import 1 --format json
equals 'rows taken out' "$(json .summary.rows)" 300
expect 0 -s whole compact --quiet
expect 0 -s copy info --format json; equals 'events of the copy' "$(json .summary.events)" 300
expect 2 -s whole forget-import many

# A file that has grown: only what follows is loaded, also when repeats are kept; a row that was cut is not left as it was.
head -n 101 good.csv >grown.csv
expect 0 -s grown import events grown.csv --keep-duplicates --quiet
tail -n +102 good.csv >>grown.csv
expect 0 -s grown import events grown.csv --keep-duplicates --format json
equals 'rows behind the beginning' "$(json '.summary | [.rows, .events, .duplicates, .continues] | join(" ")')" '200 200 0 1'
printf 'u1,e1,2026-01-01 30:00:00,5\nu1,e1,2026-01-01 20:00:00,5\n' >>grown.csv
expect 0 -s grown import events grown.csv --format json --dry-run
equals 'the line of a reject behind the beginning' "$(json '.rows[0] | [.reason, .line] | join(" ")')" 'bad-time 302'
expect 0 -s grown info --format json
equals 'events' "$(json .summary.events)" 300
cp good.csv grown.csv
expect 3 -s grown import events grown.csv; says err 'import 2'
expect 0 -s grown forget-import 1
expect 0 -s grown import events grown.csv --format json
equals 'the beginning was taken back' "$(json '.summary | [.events, .duplicates, .continues] | join(" ")')" '100 200 '
sed 's/,e\([0-9]*\),/,f\1,/' good.csv >other.csv
# Among others: one of that name that began otherwise, one nobody knows, compressed ones, and the one that has grown.
mkdir elsewhere
cp other.csv elsewhere/day.csv
head -n 101 good.csv >day.csv
expect 0 -s several import events day.csv --quiet
cp good.csv day.csv
sed 's/,e\([0-9]*\),/,g\1,/' good.csv >unknown.csv
sed 's/,e\([0-9]*\),/,h\1,/' good.csv | gzip >packed.csv.gz
expect 0 -s several import events elsewhere/day.csv unknown.csv packed.csv.gz day.csv --format json
equals 'rows of four files, of one what follows' "$(json '.summary | [.rows, .events, .duplicates] | join(" ")')" '1100 1100 0'
mkdir growing
head -n 61 other.csv | head -c -2 >growing/cut.csv # within an amount: 6 of 60
cp growing/cut.csv cut.beginning
expect 0 -s cut import events growing/cut.csv --quiet
cp other.csv growing/cut.csv
expect 3 -s cut import events growing/cut.csv; says err 'forget-import 1'
says err "loaded the first $(wc -c <cut.beginning | awk '{ printf "%.1f", $1 / 1000 }') kB of this file"
"$waymark" -s cut import events --follow growing --format json >out 2>err &
follower=$!
tries=0
until grep -q '300 events' err || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -TERM $follower
wait $follower
says err 'import 1'
"$waymark" -s cut info --format json >out 2>err
equals 'imports of the file that was cut' "$(json '[.rows[] | .forgotten != null] | map(tostring) | join(" ")')" 'true false'
expect 0 -s complete import events other.csv --quiet
for store in cut complete; do
    for user in u0 u13 u39; do "$waymark" -s $store user $user --gap none --format csv; done >$store.users
done
cmp -s cut.users complete.users || fail 'the file that was cut is not what it became'

# What an import rejected is known as long as the store is there.
expect 0 -s mended info --import 1 --format json
equals 'reasons of an import of the past' \
    "$(json '[.rows[] | select(.loaded | not) | .count] | add')" "$rejected"
equals 'its example' "$(json '.rows[] | select(.reason == "no-user") | [.file, .line, .example] | join(" ")')" \
    "bad.csv 14 $(sed -n 14p bad.csv)"
expect 2 -s mended info --import 9; says err 'no such import'

# Following: what lies there, what is moved in, what is written; the same bytes are refused, and TERM ends it well.
mkdir inbox
cp good.csv inbox/a.csv
"$waymark" -s followed import events --follow inbox --format json >out 2>err &
follower=$!
told() { # FILE
    tries=0
    until grep -q " $1: " err || [ $tries -ge 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    grep -q " $1: " err || fail "nothing was told of $1"
}
told a.csv
sed '2,$s/2026-01-01/2026-01-02/' good.csv >inbox/b.part
mv inbox/b.part inbox/b.csv
told b.csv
gzip -c good.csv >inbox/c.csv.gz
told c.csv.gz
cp good.csv inbox/d.csv
told d.csv
kill -TERM $follower
wait $follower
equals 'status of the follower' $? 0
equals 'files, events, duplicates, refused' \
    "$(json '.summary | [.files, .events, .duplicates, .refused] | join(" ")')" '3 600 300 1'
expect 2 -s followed import events good.csv --follow inbox
expect 3 -s followed import events --follow nowhere
finish
