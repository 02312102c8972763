#!/bin/sh
# The explorer in a real terminal: import, Home, Funnel, Users, Sequence, back, resize, quit; the terminal is as before.
# Waits for what must appear, never for time alone. Skips (77) without tmux.
set -eu
command -v tmux >/dev/null 2>&1 || { echo "tmux is missing: skipped"; exit 77; }
bin=$(cd "${top_builddir:-.}" && pwd)/waymark
tmp=$(mktemp -d)
socket=$tmp/tmux
T() { tmux -S "$socket" "$@"; }
# The explorer keeps its session as it ends: only then can its folder go.
clean_up() {
    T kill-server 2>/dev/null || :
    i=0
    while [ $i -lt 100 ] && pgrep -f "^$bin -s $tmp/store" >/dev/null; do
        i=$((i + 1))
        sleep 0.1
    done
    rm -rf "$tmp"
}
trap clean_up EXIT

screen() { T capture-pane -p -t walk; }
expect() { # text that must appear within 20 s
    i=0
    until screen | grep -qF -e "$1"; do
        i=$((i + 1))
        if [ $i -gt 200 ]; then
            echo "never seen: $1"
            screen
            exit 1
        fi
        sleep 0.1
    done
}
keys() { T send-keys -t walk "$@"; }

LC_ALL=C.UTF-8
XDG_STATE_HOME=$tmp/state
XDG_CONFIG_HOME=$tmp/config
export LC_ALL XDG_STATE_HOME XDG_CONFIG_HOME
mkdir -p "$tmp/config/waymark"
printf 'bind home v log\nno such line\n' >"$tmp/config/waymark/config"
"$bin" -s "$tmp/store" --quiet generate "$tmp/bank" --users 2000 --seed 7 >/dev/null
"$bin" -s "$tmp/store" --quiet import events "$tmp/bank/events.csv" --tz Asia/Shanghai >/dev/null
"$bin" -s "$tmp/store" --quiet import users "$tmp/bank/users.csv" >/dev/null

T -f /dev/null new-session -d -s walk -x 80 -y 24 "env LC_ALL=C.UTF-8 LANGUAGE=en XDG_STATE_HOME='$tmp/state' XDG_CONFIG_HOME='$tmp/config' sh"
keys 'stty -a | grep -o "[-]*icanon"; echo before' Enter
expect before
keys "'$bin' -s '$tmp/store'; echo left with \$?" Enter
expect "waymark | Home"
expect "? help"
expect "config:2: a line is" # what makes no sense in the settings is said
keys v
expect "> Log"
keys Escape 4
expect "card_tab"
expect "267"
keys Down Enter
expect "Reached step 2"
expect "customers  267"
keys Enter
expect "> Sequence"
keys Escape
expect "Reached step 2"
T resize-window -t walk -x 200 -y 60
expect "Reached step 2"
T resize-window -t walk -x 60 -y 10
expect "needs 80x24"
T resize-window -t walk -x 80 -y 24
expect "Reached step 2"
keys Escape
expect "card_tab"
keys p # plain text, outside the alternate screen, until Enter
expect "Enter returns to full screen"
keys Enter
expect "? help"
keys 5
expect "Sankey"
keys '~'
expect "Glyphs: hd"
keys '~'
expect "ASCII"
keys 1
expect "waymark | Home"
keys q
expect "(y/n)"
keys y
expect "left with 0"
# Outside the alternate screen again, in canonical mode with echo, and usable.
keys 'clear; stty -a | tr " ;" "\n\n" | grep -x -e icanon -e echo -e icrnl | wc -l | sed "s/^ */modes /"' Enter
expect "modes 3"
# Ctrl-C at the prompt of the explorer must not leave a raw terminal either.
keys "'$bin' -s '$tmp/store'; echo left again with \$?" Enter
expect "waymark | Home"
keys C-c
expect "(y/n)"
keys y
expect "left again with 0"
# SIGTERM from outside: the same.
keys "clear; '$bin' -s '$tmp/store'; echo ended with \$?" Enter
expect "waymark | Home"
pkill -TERM -f "$bin -s $tmp/store" || :
expect "ended with 4"
# And what was on the screen before is offered again.
keys "clear; '$bin' -s '$tmp/store'; echo and again with \$?" Enter
expect "Restored from last time: Sankey"
keys '>'
expect "waymark | Home > Sankey"
keys Q
expect "and again with 0"
keys 'clear; stty -a | tr " ;" "\n\n" | grep -x -e icanon -e echo -e icrnl | wc -l | sed "s/^ */modes /"' Enter
expect "modes 3"
# Terminals by name: what tmux calls itself, what people set, and the poorest that can place its cursor.
for term in xterm-256color screen-256color linux vt100; do
    keys "clear; TERM=$term '$bin' -s '$tmp/store'; echo $term left with \$?" Enter
    expect "waymark | Home"
    keys 4
    expect "card_tab"
    expect "267"
    keys Q
    expect "$term left with 0"
done
