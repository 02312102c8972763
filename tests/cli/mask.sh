#!/bin/sh
# With mask=on no personal value that was planted in the data leaves the program: by no question, format, screen or export.
# The same run without it must show each of them, or it would prove nothing.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need awk

# 40 customers; every planted value has the number of its customer in it.
awk 'BEGIN {
    print "user_id,name,mobile,id_no,card_no,account_no,email,address,device_id,ip,hobby,city" > "users.csv"
    print "user_id,time,event,memo,mobile,result,error_code" > "events.csv"
    for (i = 10; i < 50; i++) {
        id = "CUST7700" i "34" i
        printf "%s,王小%d,139%d77%d88,11010119900101%d%d,62220277%d001234%d,80070%d060%d,user%d@bank.example,上海市浦东新区世纪大道%d号,dev%dffee%d,10.2.%d.%d,chess%d,上海\n", \
            id, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i > "users.csv"
        for (k = 0; k < 4; k++)
            printf "%s,2026-10-%02d 10:00:%02d,%s,call 138%d66%d55 now,137%d55%d44,%s,%s\n", id, 1 + i % 28, k, \
                (k == 0 ? "login" : k == 1 ? "home" : k == 2 ? "card_tab" : "pay"), i, i, i, i, \
                (k == 3 ? "fail" : "ok"), (k == 3 ? "E100" : "") > "events.csv"
    }
}'
awk 'BEGIN {
    for (i = 10; i < 50; i++)
        printf "CUST7700%d34%d\n王小%d\n139%d77%d88\n11010119900101%d%d\n62220277%d001234%d\n80070%d060%d\nuser%d@bank\n大道%d号\ndev%dffee%d\n10.2.%d.%d\n138%d66%d55\n137%d55%d44\nchess%d\n", \
            i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i
}' >canaries
equals "planted values" "$(sort -u canaries | wc -l | tr -d ' ')" 520

# One line that cannot be loaded, to be looked at as it came.
echo 'CUST77001034 10,never,login,call 13810661055 now,13710551044,ok,' >>events.csv
expect 0 import events events.csv --tz UTC --quiet
expect 0 import users users.csv --quiet
# What he had before is as personal as what he has: the first customer becomes the like of the second.
sed -n '1p; 3s/^CUST7700113411/CUST7700103410/p' users.csv >changed.csv
expect 0 import users changed.csv --quiet
expect 0 segment save old 'city = "上海"'

# ask STATUS ARGUMENT...: in every form, as the settings in $masks say; everything is collected.
ask() {
    status=$1
    shift
    for form in text html svg csv json; do
        "$waymark" $masks --format $form "$@" >out 2>err </dev/null
        got=$?
        [ "$got" = "$status" ] || fail "waymark $masks $*: exit status $got, expected $status"
        cat out err >>all
    done
}
look() { # SCREEN KEYS
    expect 0 $masks show "$1" --keys "$2" --size 200x60
    cat out >>all
}
everything() {
    : >all
    rm -f x.csv x.json x.txt
    ask 0 user CUST77001034"10"
    ask 0 user CUST77001034"10" --note
    ask 0 user CUST77001034"10" --table
    ask 0 find 7700
    ask 0 find --error E100 --users all
    ask 0 events --users all
    ask 0 funnel --step login --step pay --users reached:2
    ask 0 funnel --step login --step pay --detail
    ask 0 funnel --step login --step pay --explain CUST77001034"10"
    ask 0 paths --users '2 home'
    ask 0 failure E100
    ask 0 failure E100 --users all
    ask 0 segment users 'segment(old)'
    ask 0 segment export 'segment(old)' --columns name,mobile,id_no,card_no,account_no,email,address,device_id,ip,hobby,city
    ask 0 transitions
    ask 0 info --import 1
    look data '<Down><Enter>'
    ask 1 profile 'city = "上海"'
    look sequence '7700<Enter><Tab>'
    look sequence '7700<Enter><Tab>ex.csv<Enter>'
    look sequence '7700<Enter><Tab><Enter>'
    look sequence 'CUST7700103410<Enter><Tab>'
    look sequence 'CUST7700103410<Enter><Tab><Tab>'
    look sequence 'CUST7700103410<Enter>K'
    look sequence 'CUST7700103410<Enter><Enter>'
    look sequence 'CUST7700103410<Enter>i'
    look sequence 'CUST7700103410<Enter>ex.json<Enter>'
    look funnel 'alogin<Enter>apay<Enter><Enter>'
    look funnel 'alogin<Enter>apay<Enter><Enter>ex.txt<Enter>'
    look funnel 'alogin<Enter>apay<Enter><Enter><Enter>'
    look sankey '<Enter>u'
    look trend 'u'
    look trend 'bmobile<Enter>'
    look segments 'p'
    look data '<Down>E'
    cat x.csv x.json x.txt >>all || fail "not every export was written"
}
masks='--setting mask=off'
everything
for value in $(sed -n 1,13p canaries); do
    grep -qF "$value" all || fail "without a mask $value is nowhere: the test proves nothing of it"
done
masks='--setting mask=on --setting mask-names=hobby'
everything
grep -oFf canaries all | sort | uniq -c >leaked || :
[ ! -s leaked ] || { fail "with the mask on there is:"; head -20 leaked; }
says all 'C****3410'
says all '139****1088'
says all '110***********1010'
says all 'call 138****1055 now'
says all 'u***@bank.example'

# What is hidden does not group either.
expect 2 $masks events --by mobile
says err 'mobile is hidden'
expect 2 $masks funnel --step login --by user.name
expect 0 $masks events --by result
finish
