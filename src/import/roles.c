/* roles.c - names that exports give to the user, time and event columns, best first.
 *
 * Collected from the layouts in wide use: product-analytics exports, process-mining logs, banks' data
 * warehouses. */
#include "config.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "import/roles.h"

static const char *const user_names[] = {
    "user_id",      "userid",
    "uid",          "distinct_id",
    "customer_id",  "cust_id",
    "custid",       "用户id",
    "用户编号",     "客户号",
    "客户编号",     "客户id",
    "用户号",       "会员号",
    "会员id",       "会员编号",
    "client_id",    "clientid",
    "cust_no",      "custno",
    "customer_no",  "member_id",
    "party_id",     "case_id",
    "caseid",       "case:concept:name",
    "person_id",    "account_id",
    "open_id",      "openid",
    "unionid",      "visitor_id",
    "anonymous_id", "amplitude_id",
    "user",         "username",
    "user_name",    "用户",
    "客户",         "账号",
    "用户名",       "客户名",
    "device_id",    "设备id",
    "设备号",       "session_user",
    "id",           "customer",
    "client",       "member",
    "编号",
};
static const char *const time_names[] = {
    "time",
    "timestamp",
    "event_time",
    "ts",
    "datetime",
    "date_time",
    "时间戳",
    "时间",
    "事件时间",
    "操作时间",
    "访问时间",
    "发生时间",
    "行为时间",
    "日期时间",
    "交易时间",
    "点击时间",
    "page_tm",
    "trx_tm",
    "time:timestamp",
    "event_timestamp",
    "eventtime",
    "event_ts",
    "event_tm",
    "occurred_at",
    "created_at",
    "client_event_time",
    "client_time",
    "log_time",
    "op_time",
    "oper_time",
    "visit_time",
    "click_time",
    "start_time",
    "server_time",
    "server_upload_time",
    "create_time",
    "unix_time",
    "epoch",
    "date",
    "event_date",
    "日期",
};
static const char *const event_names[] = {
    "event",         "event_name",     "eventname",   "event_type", "eventtype", "事件",         "事件名",
    "事件名称",      "行为",           "行为类型",    "事件类型",   "activity",  "concept:name", "action",
    "behavior_type", "behaviour_type", "behavior",    "behaviour",  "page_no",   "page",         "page_id",
    "page_name",     "page_code",      "页面",        "页面编号",   "页面名称",  "操作",         "操作类型",
    "动作",          "operation",      "action_type", "name",       "screen",    "screen_name",  "url",
    "event_code",    "event_id",       "事件编号",    "code",       "type",
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Lower case, blanks and '-' as '_', full-width letters as ASCII. */
static void normal_form(struct buf *out, struct str name)
{
    utf8_fold(out, str_trim(name));
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] == ' ' || out->p[i] == '-')
            out->p[i] = '_';
}

static unsigned place(const char *const *names, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_of(names[i]), name))
            return (unsigned)(n - i);
    return 0;
}

unsigned roles_fit(enum role role, struct str name)
{
    struct buf b = {0};
    normal_form(&b, name);
    struct str s = buf_view(&b);
    unsigned fit = 0;
    if (role == ROLE_USER)
        fit = place(user_names, COUNT(user_names), s);
    else if (role == ROLE_TIME)
        fit = place(time_names, COUNT(time_names), s);
    else if (role == ROLE_EVENT)
        fit = place(event_names, COUNT(event_names), s);
    buf_done(&b);
    return fit;
}

static bool ends_in(struct str s, const char *const *ends, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(ends[i]);
        if (s.n >= len && memcmp(s.p + s.n - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

/* "商品id": "id" behind a character that is no letter of an English word. */
static bool ends_in_id(struct str s)
{
    return s.n > 2 && memcmp(s.p + s.n - 2, "id", 2) == 0 &&
           ((unsigned char)s.p[s.n - 3] >= 0x80 || s.p[s.n - 3] == '_');
}

bool roles_is_id(struct str name)
{
    static const char *const words[] = {"id", "no", "code", "cd", "phone", "mobile"};
    static const char *const ends[] = {"_no",  "_code", "_cd",  "_phone", "_mobile", "编号", "代码",
                                       "号码", "卡号",  "账号", "户号",   "单号",    "id号"};
    struct buf b = {0};
    normal_form(&b, name);
    struct str s = buf_view(&b);
    bool yes = place(words, COUNT(words), s) > 0 || ends_in(s, ends, COUNT(ends)) || ends_in_id(s);
    buf_done(&b);
    return yes;
}

bool roles_is_date(struct str name)
{
    static const char *const words[] = {"date", "day", "time", "dt"};
    static const char *const ends[] = {"_date", "_day", "_dt", "_time", "_tm", "_at", "日期", "时间"};
    struct buf b = {0};
    normal_form(&b, name);
    bool yes = place(words, COUNT(words), buf_view(&b)) > 0 || ends_in(buf_view(&b), ends, COUNT(ends));
    buf_done(&b);
    return yes;
}
