#!/bin/sh
# Every example of the command tables runs as printed, in order of the data's life: generate, import, ask.
. "${top_srcdir:-.}/tests/cli/lib.sh"

expect 0 generate sample --users 2000 --events 24000 --quiet
expect 0 help --man
sed -n 's/^    waymark //p' out | sed 's/\\-/-/g; s/\\e/\\/g' >examples
cut -d, -f1 sample/users.csv | sed -n 1,20p >list.csv
printf 'young\tage < 30\n' >segments.txt
{ echo id,customer; sed -n '2,4s/^\([^,]*\),.*/app-\1,\1/p' sample/users.csv; } >links.csv
cp "$top_srcdir/data/tags.csv" "$top_srcdir/data/errors.csv" "$top_srcdir/data/funnels.txt" .
count=$(wc -l <examples)
[ "$count" -ge 13 ] || fail "only $count examples were found"
{ grep '^import' examples; grep -v '^import' examples; } >ordered
while read -r example; do
    eval "set -- $example"
    expect 0 "$@"
    [ -s out ] || fail "waymark $example: printed nothing"
done <ordered

# The known answer of the sample bank: each share of 241,770 customers, rounded half up.
need jq
expect 0 funnel --step home --step card_tab --step bill_detail --step instal_confirm --step instal_success --format json
equals 'instalment funnel of 2000 customers' "$(json '[.rows[].users] | join(" ")')" '2000 267 13 5 4'
expect 0 question run 'card instalments' --format json
equals 'the same, saved' "$(json '[.rows[].users] | join(" ")')" '2000 267 13 5 4'
finish
