#!/bin/sh
# The program breaks, on purpose: one message, status 3, the terminal as it was, the store whole, no memory image.
. "${top_srcdir:-.}/tests/cli/lib.sh"
if LC_ALL=C grep -q '__[at]san_init' "$waymark"; then echo 'skipped: the sanitizer reports crashes itself'; exit 77; fi
{ echo user,time,event; echo u1,2024-01-01,home; } >events.csv
expect 0 import events events.csv --quiet
expect 0 info --format csv; cp out before

# While it waits for more of an import.
mkfifo pipe
"$waymark" import events pipe >out 2>err &
importer=$!
exec 3>pipe
echo user,time,event >&3
sleep 1
kill -SEGV "$importer"
wait "$importer"
equals 'status after a crash' $? 3
exec 3>&-
silent out
says err 'waymark: the program broke'
[ -z "$(find . -name 'core*')" ] || fail 'a memory image was written'
expect 0 info --format csv
cmp -s out before || fail 'the store changed'
expect 0 check

# While the explorer is on the screen.
command -v tmux >/dev/null 2>&1 || finish
tmux="tmux -L waymark-crash-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
seen() { # TEXT: within ten seconds
    i=0
    while [ $i -lt 100 ]; do
        $tmux capture-pane -p >out 2>err && grep -qF -e "$1" out && return 0
        sleep 0.1
        i=$((i + 1))
    done
    fail "the terminal never showed: $1"
}
$tmux new-session -d -x 80 -y 24 sh
cat >explore <<SH
echo \$\$ >pid
exec '$waymark'
SH
$tmux send-keys "stty >modes.before; sh explore; echo status \$?; stty >modes.after; echo all done" Enter
seen Home
kill -SEGV "$(cat pid)"
seen 'all done'
says out 'status 3'
says out 'the program broke'
cmp -s modes.before modes.after || fail 'the modes of the terminal changed'
finish
