#!/bin/sh
# Screens without a terminal: each has the size asked for, is ASCII where that was asked for, and says what the commands say.
. "${top_srcdir:-.}/tests/cli/lib.sh"

expect 0 generate bank --users 2000 --seed 7 --quiet
expect 0 -s store import events bank/events.csv --tz Asia/Shanghai --quiet
expect 0 -s store import names bank/names.csv --quiet

for screen in home segments funnel sankey trend data help; do
    for size in 80x24 120x40 200x60; do
        expect 0 -s store show $screen --size $size --glyphs ascii
        equals "rows of $screen at $size" "$(wc -l <out | tr -d ' ')" "${size#*x}"
        longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' out)
        [ "$longest" -le "${size%x*}" ] || fail "$screen at $size is $longest columns wide"
        if grep -qE '─|│|█|▄|░' out; then fail "$screen at $size is not drawn in ASCII"; fi
        says out ' waymark | Home'
        says out 'Esc back'
    done
done
expect 0 -s store show funnel
says out '█' # blocks where nothing else was asked for
expect 0 -s store show home --size 60x10
says out 'needs 80x24, now 60x10'

# Keys lead on, and the numbers are those of the command line.
expect 0 -s store show funnel --keys '<Down><Enter>' --glyphs ascii
says out 'Reached step 2'
expect 0 -s store funnel --step home --step card_tab --users reached:2 --format csv
reached=$(($(wc -l <out) - 1))
expect 0 -s store show funnel --glyphs ascii
says out " $reached "
expect 0 -s store show home --keys ':trend<Enter>t' --glyphs ascii
says out 'Customers'

expect 2 -s store show --keys '<Hyper>'
says err 'no key is called Hyper'
expect 2 -s store show nosuch
expect 3 -s nostore show home

# The explorer itself, into a pipe.
expect 0 -s store show home; cp out home
expect 0 -s store; cmp -s out home || fail 'without a terminal the explorer prints Home'

# In files: the same words, whatever the format; -o - is standard output.
expect 0 -s store show funnel --lang zh -o funnel.txt; silent out
expect 0 -s store show funnel --lang zh --format ansi -o -
sed 's/\x1b\[[0-9;]*m//g; s/ *$//' out >bare
sed 's/ *$//' funnel.txt | cmp -s - bare || fail 'ansi without its colours is not the text'
for format in html svg; do
    expect 0 -s store show funnel --lang zh --format $format -o funnel.$format; silent out
    says funnel.$format '客户'
    if command -v xmllint >/dev/null; then
        # the doctype and <meta> apart, HTML is written as XML would be
        sed 's/<meta[^>]*>//; s/<!DOCTYPE html>//' funnel.$format | xmllint --noout - 2>err || fail "$format is not well formed"
    fi
done
sed 's/<[^>]*>//g; s/&gt;/>/g' funnel.html | grep -q '^ waymark | 主页 > 漏斗' || fail 'the title row of the HTML'
expect 0 -s store funnel --step home --step card_tab --format html; says out '<pre>'
expect 2 -s store show funnel --format csv; says err 'a screen is a picture'

# Text alone, by option and by setting; the numbers stay.
expect 0 -s store show funnel --plain
if grep -qE '─|│|█|▓|░|100%$' out; then fail 'marks on a plain screen'; fi
says out '2,000'
cp out plain
expect 0 -s store show funnel --setting plain=on; cmp -s out plain || fail '--plain and plain=on differ'
expect 0 -s store paths --depth 3 --plain; says out '(end)'
if grep -qE '─|│|█|▓|░' out; then fail 'marks in a plain answer'; fi

# Topics that are made from tables.
expect 0 help keys
says out 'history-back'
says out '(funnel)'
expect 0 help settings
says out 'glyphs = auto|ascii|acs|utf8|hd'
says out 'waymark/policy'
finish
