#!/bin/sh
# Conditions on customers as a user meets them: counted, saved, listed, exported, used in every analysis. Counts are
# compared with SQL over the same files, with the sample bank's own known answer, and with a store that holds
# only the customers in question.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need jq
need sqlite3

count() { # CONDITION: how many customers, by waymark
    "$waymark" segment count "$1" --format json --quiet 2>err | jq -r .summary.users
}
sql() { sqlite3 bank.db "$1"; }

expect 0 generate bank --users 2000 --events 24000 --seed 5 --quiet --format json
known=$(json .summary.credit_not_invested)
expect 0 import events bank/events.csv --tz Asia/Shanghai --quiet
expect 0 import users bank/users.csv --quiet
sqlite3 bank.db '.mode csv' '.import bank/users.csv u' '.import bank/events.csv e'

# ---- the 54 tags: counts by SQL, conditions written anew
expect 0 tag --format json
equals tags "$(json '.rows | length')" 54
equals categories "$(json .summary.categories)" 4
equals 'tags this store cannot know' "$(json .summary.unknown)" 0
json '.rows[] | "\(.id) \(.users)"' >got
sql "
select 'age_under_18 ' || count(*) from u where age <> '' and age + 0 < 18;
with b(id, a, z) as (values ('18_22',18,22),('23_25',23,25),('26_30',26,30),('31_35',31,35),('36_40',36,40),('41_45',41,45),
  ('46_50',46,50),('51_55',51,55),('56_60',56,60),('61_70',61,70))
  select 'age_' || id || ' ' || (select count(*) from u where age <> '' and age + 0 between a and z) from b;
select 'age_over_70 ' || count(*) from u where age + 0 > 70;
with o(id, zh) as (values ('civil_servant','公务员'),('public_institution','事业单位'),('manager','企业管理'),('teacher','教育'),
  ('medical','医疗卫生'),('engineer','工程技术'),('finance','金融从业'),('legal','法律'),('clerk','行政文员'),('sales_service','商业服务'),
  ('manufacturing','生产制造'),('transport','交通运输'),('agriculture','农林牧渔'),('military_police','军人警察'),
  ('self_employed','个体工商户'),('freelancer','自由职业'),('student','学生'),('retired','退休'))
  select 'occ_' || id || ' ' || (select count(*) from u where occupation = zh) from o;
select 'aum_none ' || count(*) from u where aum <> '' and aum + 0 <= 0;
with m(id, a, z) as (values ('under_1k',0.001,1000),('1k_10k',1000,10000),('10k_50k',10000,50000),('50k_200k',50000,200000),
  ('200k_500k',200000,500000),('500k_1m',500000,1000000),('1m_3m',1000000,3000000),('3m_6m',3000000,6000000),('over_6m',6000000,1e18))
  select 'aum_' || id || ' ' || (select count(*) from u where aum <> '' and aum + 0 >= a and aum + 0 < z) from m;
select 'holds_deposit ' || count(*) from u where holds_deposit = 'true';
select 'holds_fund ' || count(*) from u where holds_fund = 'true';
select 'holds_wealth ' || count(*) from u where holds_wealth = 'true';
select 'holds_loan ' || count(*) from u where holds_loan = 'true';
select 'holds_credit_card ' || count(*) from u where holds_credit_card = 'true';
select 'holds_gold_insurance ' || count(*) from u where holds_gold = 'true' or holds_insurance = 'true';
with s(id, n) as (values ('pre',0),('1',1),('2',2),('3',3),('4',4),('5',5),('6',6),('7',7))
  select 'star_' || id || ' ' || (select count(*) from u where star <> '' and star + 0 = n) from s;
" >want
diff want got >difference || fail "tags differ from SQL: $(cat difference)"
equals 'tags in the SQL' "$(wc -l <want)" 54

# ---- conditions against SQL
both() { # CONDITION SQL
    equals "$1" "$(count "$1")" "$(sql "$2")"
}
equals 'the known answer of the bank' \
    "$(count 'registered in 2017-01-01..2017-01-31 and did(credit_page) and not did(fund_buy or bought)')" "$known"
[ "$known" -gt 0 ] || fail 'nobody is in the known answer'
both 'did(home) >= 3' "select count(*) from (select 1 from e where event = 'home' group by user_id having count(*) >= 3)"
both 'did(transfer_submit where result != "ok") >= 1' \
    "select count(distinct user_id) from e where event = 'transfer_submit' and result <> '' and result <> 'ok'"
both 'did(login, 2026-10-05..2026-10-11) = 2' \
    "select count(*) from (select 1 from e where event = 'login' and date(time) between '2026-10-05' and '2026-10-11' group by user_id having count(*) = 2)"
both 'sum(amount of transfer_submit) > 5_000' \
    "select count(*) from (select 1 from e where event = 'transfer_submit' and amount <> '' group by user_id having sum(amount + 0) > 5000)"
both 'avg(amount of event is not null) <= 500' \
    "select count(*) from (select 1 from e where amount <> '' group by user_id having avg(amount + 0) <= 500)"
both 'distinct(event of event is not null) >= 12' \
    "select count(*) from (select 1 from e group by user_id having count(distinct event) >= 12)"
both 'days(login) >= 4' \
    "select count(*) from (select 1 from e where event = 'login' group by user_id having count(distinct date(time)) >= 4)"
both 'first(login) < 2026-10-04' \
    "select count(*) from (select 1 from e where event = 'login' group by user_id having min(time) < '2026-10-04')"
both 'last(login) older than 10d' \
    "select count(*) from (select 1 from e where event = 'login' group by user_id having date(max(time)) <= (select date(max(time), '-10 days') from e))"
both 'did(login, last 7d) and tag.age_26_30' \
    "select count(*) from u where age + 0 between 26 and 30 and user_id in (select user_id from e where event = 'login' and date(time) > (select date(max(time), '-7 days') from e))"
both 'not did(card_tab) and (star >= 5 or holds_fund = true)' \
    "select count(*) from u where (star + 0 >= 5 or holds_fund = 'true') and user_id not in (select user_id from e where event = 'card_tab')"
both 'sequence(home > card_tab within 1d)' \
    "select count(distinct a.user_id) from e a join e b on a.user_id = b.user_id and a.event = 'home' and b.event = 'card_tab'
     and (b.time > a.time or b.time = a.time and b.rowid > a.rowid) and julianday(b.time) - julianday(a.time) <= 1.0000001"
all=$(count 'age is null or age is not null')
equals 'everyone' "$all" 2000
for p in 'age < 40' 'repayment_day > 10' 'city ~ "京"' 'avg(amount of transfer_submit) > 900'; do
    field=${p%% [<>~]*}
    parts=$(($(count "$p") + $(count "not ($p)")))
    equals "$p and not" "$parts" "$all"
    opposite=$(echo "$p" | sed 's/ < / >= /; s/ > / <= /; s/ ~ / !~ /')
    equals "$p, $opposite, is null" "$(($(count "$p") + $(count "$opposite") + $(count "$field is null")))" "$all"
done

# ---- each an error with its place, a reason and a way out; never a silent zero
while IFS='|' read -r condition place words; do
    expect 2 segment count "$condition"
    silent out
    says err "$words"
    equals "place of the error in $condition" "$(tail -n 1 err | tr -d ' ^' | wc -c) $(tail -n 1 err | sed 's/[^ ].*//' | wc -c)" "1 $((place + 2))"
done <<'CASES'
amount > "abc"|1|amount is a property of events
age > "abc"|7|age is a number
agee > 3|1|did you mean age?
(age > 3 and|13|a condition is missing
did(nosuch)|5|there is no event nosuch
occupation ~ "("|15|closing parenthesis
tag.age_26_31|1|did you mean tag.age_26_30?
CASES
expect 1 segment count 'age > 1000'

# ---- saved, used, changed
expect 0 segment save 'high intent' 'age in 23..45   AND did(card_tab)>=2' --format json
size=$(json .summary.users)
equals 'canonical condition' "$(json '.rows[0].condition')" 'age in 23..45 and did(card_tab) >= 2'
equals 'segment()' "$(count 'segment("high intent")')" "$size"
expect 0 segment save calm 'not segment("high intent")' --quiet
equals 'the rest' "$(count 'segment(calm)')" $((2000 - size))
expect 2 segment save 'high intent' 'segment(calm)'
says err 'segment high intent → segment calm → segment high intent'
expect 2 segment drop 'high intent'
says err 'is used by segment calm'
expect 2 segment save "$(printf 'tab\there')" 'age > 3'
expect 2 segment show nobody
expect 0 segment list --format json
equals 'list' "$(json '.rows | map("\(.name)=\(.users)") | join(";")')" "high intent=$size;calm=$((2000 - size))"
# one readable line, that loads again into another store
expect 0 segment show 'high intent' --format json
json .summary.line >line.txt
equals 'fields of a line' "$(awk -F'\t' '{ print NF }' line.txt)" 4
expect 0 -s other import events bank/events.csv --tz Asia/Shanghai --quiet
expect 3 -s other segment load bank/users.csv
expect 2 -s other segment load line.txt
says err 'no attribute age'
expect 0 -s other import users bank/users.csv --quiet
expect 0 -s other segment load line.txt
expect 0 -s other segment count 'segment("high intent")' --format json
equals 'the same in another store' "$(json .summary.users)" "$size"
# new data: the size follows, and what it was is kept
printf 'user_id,time,event\nnew1,2026-10-31 12:00:00,card_tab\nnew1,2026-10-31 12:01:00,card_tab\n' >more.csv
printf 'user_id,age\nnew1,30\n' >more_users.csv
expect 0 -s other import events more.csv --tz Asia/Shanghai --quiet
expect 0 -s other import users more_users.csv --quiet
expect 0 -s other segment list --quiet
expect 0 -s other segment show 'high intent' --format json
equals 'history' "$(json '.rows | map(.users) | join(" ")')" "$size $((size + 1))"

# what it was before is kept, comes along and can be saved again
expect 0 -s other segment save 'high intent' 'age < 50' --quiet
expect 0 -s other segment save 'high intent' 'age < 50' --quiet # no other one
expect 0 -s other segment save 'high intent' 'age < 60' --quiet
expect 0 -s other segment show 'high intent' --format json
equals 'former conditions' "$(json '[.rows[] | .former | select(.)] | length')" 2
equals 'the one before' "$(json '[.rows[] | .former | select(.)] | last')" 'age < 50'
json .summary.line >line.txt
cp -r other third
expect 0 -s third segment drop 'high intent' --quiet
expect 0 -s third segment load line.txt --quiet
expect 0 -s third segment show 'high intent' --format json
equals 'former conditions, loaded' "$(json '[.rows[] | .former | select(.)] | length')" 2
expect 0 -s third segment show 'high intent'; says out 'age < 50'

# ---- lists
{ echo user_id; cut -d, -f1 bank/users.csv | sed -n 2,31p; echo not_a_customer; echo; } >list.csv
expect 0 import segment campaign list.csv --format json
equals 'list' "$(json '.summary | "\(.ids) \(.matched) \(.unmatched)"')" '31 30 1'
equals 'members' "$(count 'segment(campaign)')" 30
cut -d, -f1 bank/users.csv | sed -n 27,41p >list.csv
expect 0 import segment campaign list.csv --quiet
equals 'a second list takes the place of the first' "$(count 'segment(campaign)')" 15
echo nobody >list.csv
expect 3 import segment campaign list.csv
equals 'a bad list changes nothing' "$(count 'segment(campaign)')" 15
expect 0 segment show campaign; says out 'fixed list'; says out 'campaign  segment.campaign = true  20'
expect 0 segment show campaign --format json
equals 'the condition of a list' "$(json .summary.condition)" 'segment.campaign = true'
expect 0 segment save frozen 'age < 30' --fixed --quiet
equals 'fixed' "$(count 'segment(frozen)')" "$(count 'age < 30')"
expect 0 segment export 'segment(campaign)' --columns age,city --format csv --quiet
sed 1d out | sort >got
sql "select user_id || ',' || age || ',' || city from u limit 15 offset 25" | sort >want
diff want got >difference || fail "export: $(cat difference)"
expect 2 segment export 'segment(campaign)' --columns nosuch
expect 0 segment users 'segment(campaign)' --top 4 --format json
equals 'top' "$(json '"\(.rows | length) \(.summary.users)"')" '4 15'

# ---- page sets
expect 0 set save 'credit pages' 'credit_page or loan_calc' --quiet
both 'did([credit pages]) >= 2' "select count(*) from (select 1 from e where event in ('credit_page', 'loan_calc') group by user_id having count(*) >= 2)"
expect 0 set save all_credit '[credit pages] or loan_apply' --quiet
expect 2 set save 'credit pages' '[all_credit]'
expect 0 set list --format json
equals 'events of a set' "$(json '.rows[0].events')" "$(sql "select count(*) from e where event in ('credit_page', 'loan_calc')")"
expect 0 funnel --step home --step '[credit pages]' --format json
json '[.rows[].users] | join(" ")' >got
expect 0 funnel --step home --step 'event in ("credit_page", "loan_calc")' --format json
equals 'a set as a step' "$(cat got)" "$(json '[.rows[].users] | join(" ")')"
expect 0 set drop all_credit --quiet
expect 2 set drop all_credit

# ---- --segment: every analysis as if the store held nobody else
sql "select user_id from u where age + 0 between 23 and 45 and holds_fund = 'true'" >ids
{ head -n 1 bank/events.csv; awk -F, 'NR == FNR { in_it[$1]; next } $1 in in_it' ids bank/events.csv; } >part.csv
[ "$(wc -l <ids)" -gt 50 ] || fail 'too few customers for a test'
expect 0 -s part import events part.csv --tz Asia/Shanghai --quiet
rows() { jq -S 'del(.rule, .command, .parameters, .elapsed_s, .seconds)' out; }
for question in 'funnel --step home --step transfer_start --step transfer_ok' 'events --unit day --by event --metric users' \
    'paths --start login --depth 4' 'transitions' 'funnel --step home --step card_tab --users lost:1'; do
    # shellcheck disable=SC2086
    expect 0 -s part $question --format json
    rows >want
    # shellcheck disable=SC2086
    expect 0 $question --segment 'age in 23..45 and holds_fund = true' --format json
    rows >got
    case $question in *--users*) # listed by number, and numbers differ between the stores
        jq -S '.rows |= sort_by(.user)' want >w && mv w want && jq -S '.rows |= sort_by(.user)' got >g && mv g got ;;
    esac
    diff want got >difference || fail "$question --segment: $(head -n 20 difference)"
done
expect 0 funnel --step home --step card_tab --segment 'tag.star_7' --format json
json .rule >rule
says rule 'only customers where tag.star_7'

# ---- by hand: midnight begins a day, cents add up exactly, the last row of a customer counts
cat >h.csv <<'CSV'
user,time,event,amount
m,2024-03-01 23:59:59.999999,pay,0.1
m,2024-03-02 00:00:00,pay,0.2
k,2024-03-02 08:00:00,pay,0.30000001
k,2024-03-02 09:00:00,pay,
CSV
printf 'user,age\nm,20\nm,40\nk,30\nm,50\nz,60\n' >hu.csv
expect 0 -s h import events h.csv --tz Asia/Shanghai --quiet
expect 0 -s h import users hu.csv --quiet
while IFS='|' read -r condition who; do
    "$waymark" -s h segment users "$condition" --format json --quiet 2>err | jq -r '[.rows[].user] | sort | join(" ")' >got
    equals "$condition" "$(cat got)" "$who"
done <<'CASES'
days(pay) = 2|m
days(pay) = 1|k
sum(amount of pay) = 0.3|m
sum(amount of pay) > 0.3|k
avg(amount of pay) > 0.2|k
age = 50|m
age = 20 or age = 40|
did(pay) = 0|z
not did(pay, 2024-03-01)|k z
did(pay, last 1d) = 2|k
first(pay) older than 1d|m
last(pay, older than 1d) = 2024-03-01|m
did(pay, last 9h)|k m
did(pay, last 8h) = 2|k
distinct(amount of pay) = 1|k
max(amount of pay) is null|z
CASES

# ---- --by tag:CATEGORY
expect 0 events --unit all --by tag:star --format json
json '.rows | map("\(.group) \(.events) \(.users)") | sort | .[]' >got
cp got by_star
sql "select 'star_' || case star when '0' then 'pre' else star end || ' ' || count(*) || ' ' || count(distinct e.user_id)
     from e join u on e.user_id = u.user_id where star <> '' group by star" | LC_ALL=C sort >want
diff want got >difference || fail "by tag: $(cat difference)"
expect 0 events --unit all --by tag:age --top 3 --format json
equals 'top tags and the rest' "$(json '.rows | "\(length) \(map(.events) | add) \(map(.group) | contains(["(other)"]))"')" "5 $(sql 'select count(*) from e') true"
expect 0 events --unit all --by tag:age --users 'all age_26_30' --format json
equals 'users of a group' "$(json '.rows | length')" "$(sql "select count(distinct e.user_id) from e join u on e.user_id = u.user_id where age + 0 between 26 and 30")"
expect 0 events --unit all --by tag:star
says out 'pre-star' # people read a tag's name, programs its id
expect 0 funnel --step home --step card_tab --by tag:age --size 80x24
says out ' 26–30 '
expect 2 events --by tag:nosuch
says err 'age, occupation, assets, star'
expect 0 events --unit all --by 'tag:star level' --format json
equals 'a category by its title' "$(json '.rows | map("\(.group) \(.events) \(.users)") | sort | .[]')" "$(cat by_star)"
expect 2 events --by user.nosuch
says err 'occupation'
expect 2 segment export 'age > 3' --columns nosuch
says err 'occupation'

# ---- --by user.ATTRIBUTE: texts, numbers, missing values
expect 0 events --unit all --by user.gender --format json
json '.rows | map("\(.group) \(.events) \(.users)") | .[]' | LC_ALL=C sort >got
sql "select case gender when '' then '(none)' else gender end || ' ' || count(*) || ' ' || count(distinct e.user_id)
     from e join u on e.user_id = u.user_id group by gender" | LC_ALL=C sort >want
diff want got >difference || fail "by user.gender: $(cat difference)"
expect 0 events --unit all --by user.age --format json
json '.rows | map("\(.group) \(.events)") | .[]' | LC_ALL=C sort >got
sql "select case age when '' then '(none)' else age end || ' ' || count(*) from e join u on e.user_id = u.user_id group by age" | LC_ALL=C sort >want
diff want got >difference || fail "by user.age: $(cat difference)"
expect 0 funnel --step home --step login --by user.holds_fund --format json
json '.rows | map(select(.step == 1) | "\(.group) \(.users)") | .[]' | LC_ALL=C sort >got
sql "select case holds_fund when '' then '(none)' else holds_fund end || ' ' || count(*) from u
     where user_id in (select user_id from e where event = 'home') group by holds_fund" | LC_ALL=C sort >want
diff want got >difference || fail "funnel by user.holds_fund: $(cat difference)"
expect 2 events --by user.nosuch
says err 'customers have no such attribute'

# ---- who is behind a number, as a condition: the same customers that --users lists
same_people() { # command line with --users
    eval "expect 0 $1 --format json"
    json '.rows[].user' | LC_ALL=C sort >want
    expect 0 segment users "who(\"$1\")" --format json
    json '.rows[].user' | LC_ALL=C sort >got
    diff want got >difference || fail "who($1): $(head -3 difference)"
    [ -s want ] || fail "$1 lists nobody"
}
same_people 'funnel --step home --step card_tab --users lost:1'
same_people "paths --start login --users '2 home'"
same_people "transitions --users 'login > home'"
same_people 'events --unit all --where login --users all'
same_people 'tag --users age_26_30'
expect 0 segment save lost 'who("funnel --step home --step card_tab --users lost:1")' --quiet
expect 0 segment count 'segment(lost) and tag.age_26_30' --format json
equals 'lost and of an age' "$(json .summary.users)" "$(sql "select count(*) from u where age + 0 between 26 and 30 and user_id in ($(
    expect 0 funnel --step home --step card_tab --users lost:1 --format json
    json '.rows[].user' | sed "s/.*/'&'/" | paste -sd, -))")"
expect 2 segment save circle 'who("profile segment(circle) --users all")'
expect 0 segment save fixed 'who("funnel --step home --step card_tab --users lost:1")' --fixed --quiet
expect 0 segment count 'segment(fixed) and segment(lost)' --format json
equals 'fixed today' "$(json .summary.users)" "$("$waymark" segment count 'segment(lost)' --format json | jq -r .summary.users)"
expect 0 segment drop fixed --quiet
expect 0 segment drop lost --quiet

# ---- 46.82 %: 81 of 173 card holders of 18 to 30 took an instalment (a published figure)
awk 'BEGIN { print "user,age,holds_credit_card"; for (i = 1; i <= 173; i++) print "y" i "," 18 + i % 13 ",true"
     for (i = 1; i <= 400; i++) print "o" i "," 31 + i % 40 ",true"; for (i = 1; i <= 100; i++) print "n" i "," 18 + i % 13 ",false" }' >z.csv
awk 'BEGIN { print "user,time,event"; for (i = 1; i <= 81; i++) print "y" i ",2024-03-01 10:00:00,instal_success"
     for (i = 1; i <= 50; i++) print "o" i ",2024-03-02 10:00:00,instal_success"; print "n1,2024-03-02 11:00:00,home" }' >ze.csv
printf 'id,category,name_zh,name_en,condition\ninstalment,deeds,做过分期,took an instalment,did(instal_success) >= 1\n' >zt.csv
expect 0 -s z import events ze.csv --tz UTC --quiet
expect 0 -s z import users z.csv --quiet
expect 0 -s z segment count 'age in 18..30 and holds_credit_card = true and did(instal_success) >= 1' --format json
equals 'of the young card holders' "$(json .summary.users)" 81
expect 0 -s z tag load zt.csv --quiet
expect 0 -s z profile 'age in 18..30 and holds_credit_card = true' --against 'not (age in 18..30 and holds_credit_card = true)' --format json
equals 'share' "$(json '.rows[0] | "\(.tag) \(.users) \(.share * 10000 | round) \(.base_users) \(.base_share * 10000 | round)"')" 'instalment 81 4682 50 1000'
equals 'index' "$(json '.rows[0].index | round')" 468
# Newcombe's method 10 for 81/173 - 50/500, by hand from Wilson's 0.3953..0.5424 and 0.0767..0.1294
equals 'interval' "$(json '.rows[0] | "\(.low * 1000 | round) \(.high * 1000 | round)"')" '290 446'
expect 0 -s z profile 'age in 18..30 and holds_credit_card = true' --users instalment --format json
equals 'who they are' "$(json '.rows | length')" 81

# ---- one customer's tags are those whose conditions hold
for id in $(sql "select user_id from u where star <> '' and holds_credit_card <> '' order by user_id limit 12"); do
    expect 0 user "$id" --format json
    star=$(sql "select case star when '0' then 'star_pre' else 'star_' || star end from u where user_id = '$id'")
    equals "star of $id" "$(json '[.summary.tags[] | select(startswith("star_"))] | join(" ")')" "$star"
    card=$(sql "select holds_credit_card in ('true', '1') from u where user_id = '$id'")
    equals "card of $id" "$(json '[.summary.tags[] | select(. == "holds_credit_card")] | length')" "$card"
    equals "age of $id" "$(json '[.summary.tags[] | select(startswith("age_"))] | length')" "$(sql "select age <> '' from u where user_id = '$id'")"
done

# ---- a bank's own catalogue
printf 'id,category,name_zh,name_en,condition\na,x,,,age > 50\nb,x,,,agee > 50\n' >bad.csv
expect 3 -s z tag load bad.csv
says err 'bad.csv line 3: tag b: column 1'
expect 0 tag --catalogue zt.csv --format json
equals 'another catalogue' "$(json '[.rows[].id] | join(" ")')" instalment
expect 0 -s part tag --format json
equals 'tags about attributes that were never loaded' "$(json '"\(.summary.unknown) \(.rows[0].users)"')" '54 null'

expect 1 profile 'age > 1000'

# ---- what sets them apart comes first: by how far the interval keeps from no difference, then by the difference
expect 0 profile 'age in 18..30' --format json
equals 'tags above and below' "$(json '[any(.rows[]; .low > 0.01), any(.rows[]; .high < -0.01)] | join(" ")')" 'true true'
equals 'tags out of order' "$(json '[.rows[] | [(if .low > 0 then .low elif .high < 0 then -.high else 0 end), (.difference | fabs)]] as $key |
    [range(1; $key | length) | select($key[. - 1] < $key[.])] | length')" 0
# customers in question: the base, too, is within them
expect 0 profile 'age in 18..30' --segment 'star = 2' --format json
equals 'a base within a segment' "$(json '.rows[] | select(.tag == "holds_credit_card") | "\(.users) \(.base_users)"')" \
    "$(sql "select sum(age + 0 between 18 and 30) || ' ' || count(*) from u where star = '2' and holds_credit_card in ('true', '1')")"

# ---- two categories crossed: cells add up to the set where tags exclude one another
expect 0 profile 'did(login) >= 3' --cross age,star --format json
equals 'crossed' "$(json '[.rows[].users] | add')" "$(json .summary.users)"
equals 'cells' "$(json '.rows | length')" $((13 * 9))
both 'tag.age_26_30 and tag.star_2 and did(login) >= 3' \
    "select count(*) from u where age + 0 between 26 and 30 and star = '2' and user_id in (select user_id from e where event = 'login' group by user_id having count(*) >= 3)"
equals 'a cell' "$(json '.rows[] | select(.tag == "age_26_30" and .with == "star_2") | .users')" "$(count 'tag.age_26_30 and tag.star_2 and did(login) >= 3')"
# every cell leads to its customers
expect 0 profile 'did(login) >= 3' --cross age,star --users 'age_26_30 star_2' --format json
equals 'customers of a cell' "$(json '.rows | length')" "$(count 'tag.age_26_30 and tag.star_2 and did(login) >= 3')"
expect 0 profile 'star >= 0' --cross age,star --users '(none) star_1' --format json
equals 'customers of a cell without a tag' "$(json '.rows | length')" "$(sql "select count(*) from u where age = '' and star = '1'")"
expect 0 profile 'star >= 0' --cross age,star --users 'age_under_18 star_pre' --format json
equals 'customers of the first cell' "$(json '.rows | length')" "$(sql "select count(*) from u where age <> '' and age + 0 < 18 and star = '0'")"
expect 2 profile 'age > 3' --cross age,star --users 'age_26_30 nosuch'
expect 2 profile 'age > 3' --cross age,star --users age_26_30
expect 2 profile 'age > 3' --cross age,nosuch
says err 'age, occupation, assets, star'
# what would mean nothing is refused, not forgotten
for useless in '--where home' '--from 2026-10-05' '--to 2026-10-05'; do
    # shellcheck disable=SC2086
    expect 2 profile 'age > 3' $useless
    # shellcheck disable=SC2086
    expect 2 tag $useless
    says err 'looks at customers, not at their events'
done
# the tags as text: a line each, under four categories
expect 0 tag --quiet
equals 'lines of 54 tags in 4 categories' "$(wc -l <out)" $((54 + 4 + 4))
# a question kept under a name answers as the question itself
expect 0 question save steps 'funnel --step login --step card_tab --window 1d' --quiet
expect 0 funnel --step login --step card_tab --window 1d --format csv
mv out typed
expect 0 question run steps --format csv
cmp -s out typed || fail 'a kept question answers something else'
expect 2 question run nosuch
says err 'there is no question nosuch; waymark question list'
silent out
finish
