/* mask_text.c - the masks of the kinds of personal values. What is left is what staff need to agree with a
 * customer that they speak of the same thing, and never enough to be used elsewhere. */
#include "config.h"

#include "app/mask_text.h"
#include "base/utf8.h"

struct known {
    const char *name;
    enum mask_kind kind;
};
/* Compared without case, blanks, - and _ */
static const struct known known[] = {
    {"mobile", MASK_PHONE},      {"mobileno", MASK_PHONE},
    {"phone", MASK_PHONE},       {"phoneno", MASK_PHONE},
    {"phonenumber", MASK_PHONE}, {"telephone", MASK_PHONE},
    {"tel", MASK_PHONE},         {"msisdn", MASK_PHONE},
    {"手机", MASK_PHONE},        {"手机号", MASK_PHONE},
    {"手机号码", MASK_PHONE},    {"电话", MASK_PHONE},
    {"联系电话", MASK_PHONE},    {"cardno", MASK_CARD},
    {"cardnumber", MASK_CARD},   {"pan", MASK_CARD},
    {"卡号", MASK_CARD},         {"accountno", MASK_ACCOUNT},
    {"acctno", MASK_ACCOUNT},    {"accountnumber", MASK_ACCOUNT},
    {"iban", MASK_ACCOUNT},      {"账号", MASK_ACCOUNT},
    {"帐号", MASK_ACCOUNT},      {"idno", MASK_PERSON},
    {"idcard", MASK_PERSON},     {"idnumber", MASK_PERSON},
    {"passport", MASK_PERSON},   {"passportno", MASK_PERSON},
    {"证件号", MASK_PERSON},     {"证件号码", MASK_PERSON},
    {"身份证", MASK_PERSON},     {"身份证号", MASK_PERSON},
    {"身份证号码", MASK_PERSON}, {"name", MASK_NAME},
    {"fullname", MASK_NAME},     {"customername", MASK_NAME},
    {"surname", MASK_NAME},      {"姓名", MASK_NAME},
    {"email", MASK_MAIL},        {"mail", MASK_MAIL},
    {"邮箱", MASK_MAIL},         {"电子邮箱", MASK_MAIL},
    {"address", MASK_PLACE},     {"addr", MASK_PLACE},
    {"地址", MASK_PLACE},        {"住址", MASK_PLACE},
    {"deviceid", MASK_DEVICE},   {"imei", MASK_DEVICE},
    {"idfa", MASK_DEVICE},       {"oaid", MASK_DEVICE},
    {"mac", MASK_DEVICE},        {"设备号", MASK_DEVICE},
    {"ip", MASK_ADDRESS},        {"ipaddress", MASK_ADDRESS},
    {"clientip", MASK_ADDRESS},  {"customerid", MASK_ID},
    {"custid", MASK_ID},         {"userid", MASK_ID},
    {"客户号", MASK_ID},         {"客户编号", MASK_ID},
};

static void put_plain_name(struct buf *out, struct str name)
{
    struct buf folded = {0};
    utf8_fold(&folded, name);
    for (size_t i = 0; i < folded.n; i++)
        if (!strchr(" -_", folded.p[i]))
            buf_putc(out, folded.p[i]);
    buf_done(&folded);
}

enum mask_kind mask_kind_of(struct str name)
{
    struct buf plain = {0};
    enum mask_kind kind = MASK_NOTHING;
    put_plain_name(&plain, name);
    for (size_t i = 0; i < sizeof known / sizeof *known && !kind; i++)
        if (str_eq(buf_view(&plain), str_of(known[i].name)))
            kind = known[i].kind;
    buf_done(&plain);
    return kind;
}

/* ---- the forms */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str head(struct str s, size_t n)
{
    return (struct str){s.p, n};
}

static struct str tail(struct str s, size_t n)
{
    return (struct str){s.p + s.n - n, n};
}

/* The ends of a value that is at least `least` bytes of ASCII; less of it shows nothing. */
static void put_ends(struct buf *out, struct str s, size_t front, const char *stars, size_t back,
                     size_t least)
{
    bool plain = s.n >= least;
    for (size_t i = 0; i < s.n; i++)
        plain = plain && s.p[i] > ' ' && (unsigned char)s.p[i] < 0x7F;
    if (plain)
        buf_str(out, head(s, front));
    buf_puts(out, stars);
    if (plain)
        buf_str(out, tail(s, back));
}

static void put_id(struct buf *out, struct str s)
{
    size_t front = s.n && is_letter(s.p[0]) ? 1 : 0;
    if (s.n >= 8)
        put_ends(out, s, front, "****", 4, 8);
    else
        put_ends(out, s, s.n >= 4 ? front : 0, "****", 2, 4);
}

/* Two Han characters that are one surname; all others have one. */
static bool is_double_surname(struct str s)
{
    static const char *const list[] = {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐",
                                       "慕容", "司徒", "夏侯", "长孙", "宇文", "端木", "独孤", "南宫"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (s.n > strlen(list[i]) && memcmp(s.p, list[i], strlen(list[i])) == 0)
            return true;
    return false;
}

static void put_initials(struct buf *out, struct str s)
{
    bool first = true;
    while (s.n) {
        struct str word = str_cut(&s, ' ');
        if (word.n && is_letter(word.p[0])) {
            buf_printf(out, "%s%c.", first ? "" : " ", word.p[0]);
            first = false;
        }
    }
    if (first)
        buf_puts(out, "***");
}

static void put_name(struct buf *out, struct str s)
{
    struct str rest = s;
    if (s.n && (unsigned char)s.p[0] < 0x80) {
        put_initials(out, s);
        return;
    }
    bool two = is_double_surname(s);
    if (rest.n)
        utf8_next(&rest);
    if (two)
        utf8_next(&rest);
    buf_str(out, head(s, s.n - rest.n));
    buf_puts(out, two ? "**" : "*");
}

static void put_mail(struct buf *out, struct str s)
{
    struct str host = s;
    str_cut(&host, '@');
    if (host.p && is_letter(s.p[0]))
        buf_putc(out, s.p[0]);
    buf_puts(out, "***");
    if (host.p) {
        buf_putc(out, '@');
        buf_str(out, host);
    }
}

/* Province and city take about six characters. */
static void put_place(struct buf *out, struct str s)
{
    struct str rest = s;
    int n = 0;
    while (rest.n && n++ < 6)
        utf8_next(&rest);
    if (rest.n)
        buf_str(out, head(s, s.n - rest.n));
    buf_puts(out, "***");
}

static void put_address(struct buf *out, struct str s)
{
    struct str rest = s, a = str_cut(&rest, '.'), b = {0};
    if (rest.p)
        b = str_cut(&rest, '.');
    if (rest.p && a.n <= 3 && b.n <= 3)
        buf_printf(out, "%.*s.%.*s.*.*", (int)a.n, a.p, (int)b.n, b.p);
    else
        buf_puts(out, "***");
}

void mask_put(struct buf *out, enum mask_kind kind, struct str value)
{
    switch (kind) {
    case MASK_NOTHING: buf_str(out, value); break;
    case MASK_ID: put_id(out, value); break;
    case MASK_NAME: put_name(out, value); break;
    case MASK_PHONE: put_ends(out, value, 3, "****", value.n >= 11 ? 4 : 2, 9); break;
    case MASK_CARD: put_ends(out, value, 6, "******", 4, 13); break;
    case MASK_ACCOUNT: put_ends(out, value, 0, "************", 4, 9); break;
    case MASK_PERSON: put_ends(out, value, 3, "***********", 4, 15); break;
    case MASK_MAIL: put_mail(out, value); break;
    case MASK_PLACE: put_place(out, value); break;
    case MASK_DEVICE: put_ends(out, value, 0, "****", 4, 9); break;
    case MASK_ADDRESS: put_address(out, value); break;
    case MASK_ALL: buf_puts(out, "***"); break;
    }
}

/* ---- inside other text */

/* The check digit that cards have. */
static bool is_card(struct str s)
{
    int sum = 0;
    for (size_t i = 0; i < s.n; i++) {
        int d = s.p[s.n - 1 - i] - '0';
        d = i % 2 ? (d > 4 ? 2 * d - 9 : 2 * d) : d;
        sum += d;
    }
    return s.n >= 13 && s.n <= 19 && sum % 10 == 0;
}

/* What a run of digits, or 17 of them and an X, may be. */
static enum mask_kind kind_of_run(struct str run)
{
    if (run.n == 11 && run.p[0] == '1' && run.p[1] >= '3')
        return MASK_PHONE;
    if (run.n == 18)
        return MASK_PERSON;
    return is_card(run) ? MASK_CARD : MASK_NOTHING;
}

static size_t run_length(struct str s)
{
    size_t n = 0;
    while (n < s.n && is_digit(s.p[n]))
        n++;
    if (n == 17 && n < s.n && (s.p[n] == 'X' || s.p[n] == 'x'))
        n++;
    return n;
}

bool mask_put_inside(struct buf *out, struct str text)
{
    size_t done = 0, at = 0;
    bool found = false;
    while (at < text.n) {
        struct str run = {text.p + at, 0};
        run.n = run_length((struct str){text.p + at, text.n - at});
        enum mask_kind kind = run.n ? kind_of_run(run) : MASK_NOTHING;
        if (kind) {
            buf_str(out, (struct str){text.p + done, at - done});
            mask_put(out, kind, run);
            done = at + run.n;
            found = true;
        }
        at += run.n ? run.n : 1;
    }
    if (found)
        buf_str(out, (struct str){text.p + done, text.n - done});
    return found;
}
