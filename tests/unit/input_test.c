/* input_test.c - bytes of files: gzip in members, UTF-16 there and back, encodings guessed and decoded,
 * folders watched. */
#include "config.h"

#include <ftw.h>
#include <iconv.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "import/decode.h"
#include "import/input.h"
#include "import/watch.h"
#include "store/digest.h"

static char place[] = "/tmp/waymark-input-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int make_place(void **state)
{
    (void)state;
    return mkdtemp(place) ? 0 : 1;
}

static int remove_place(void **state)
{
    (void)state;
    return nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *put_file(const char *name, struct str content)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", place, name);
    assert_true(os_replace_file(path, content, NULL));
    return path;
}

static void put_member(struct buf *out, struct str text, int level)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t most = deflateBound(&z, text.n) + 64;
    buf_reserve(out, most);
    z.next_in = (Bytef *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = (uInt)most;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += most - z.avail_out;
    deflateEnd(&z);
}

/* Reads all in pieces of random size. */
static bool read_all(struct rand *r, const char *path, enum input_utf16 form, struct buf *out,
                     struct err *err)
{
    struct input *in = input_open(path, path, form, err);
    bool ok = in != NULL;
    buf_clear(out);
    for (ssize_t got = 1; ok && got > 0;) {
        size_t n = 1 + rand_below(r, 200000);
        buf_reserve(out, n);
        got = input_read(in, out->p + out->n, n, err);
        ok = got >= 0;
        out->n += ok ? (size_t)got : 0;
    }
    if (ok) { /* the digest is that of the file, whatever was made of its bytes */
        struct import_file file;
        uint64_t hash[2];
        input_hash(in, hash);
        assert_true(digest_file(path, NULL, &file, err));
        assert_int_equal(file.size, input_got(in));
        assert_true(file.hash[0] == hash[0] && file.hash[1] == hash[1]);
    }
    input_close(in);
    return ok;
}

static void random_text(struct rand *r, struct buf *out, size_t n)
{
    buf_clear(out);
    while (out->n < n)
        buf_printf(out, "%x,%u\n", rand_below(r, 1 << 20), rand_below(r, 100));
}

static void gzip_members(void **state)
{
    struct buf plain = {0}, packed = {0}, piece = {0}, got = {0};
    struct err err = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct rand r;
        rand_seed(&r, seed);
        buf_clear(&plain);
        buf_clear(&packed);
        for (uint32_t n = 1 + rand_below(&r, 5); n > 0; n--) {
            random_text(&r, &piece, rand_below(&r, 400000));
            buf_str(&plain, buf_view(&piece));
            put_member(&packed, buf_view(&piece), (int)rand_below(&r, 10));
        }
        for (uint32_t n = rand_below(&r, 600); n > 0; n--) /* padding, as tapes have it */
            buf_putc(&packed, '\0');
        if (!read_all(&r, put_file("a.gz", buf_view(&packed)), INPUT_GUESS, &got, &err))
            fail_msg("seed %llu: %s", (unsigned long long)seed, err.text);
        if (!str_eq(buf_view(&plain), buf_view(&got)))
            fail_msg("seed %llu: %zu bytes, expected %zu", (unsigned long long)seed, got.n, plain.n);
    }
    buf_done(&plain);
    buf_done(&packed);
    buf_done(&piece);
    buf_done(&got);
}

/* A packed file that is cut anywhere is an error, not taken for whole; unless it falls between members. */
static void gzip_cut(void **state)
{
    struct buf packed = {0}, text = {0}, got = {0};
    struct rand r;
    struct err err = {0};
    (void)state;
    rand_seed(&r, 3);
    random_text(&r, &text, 2000);
    put_member(&packed, buf_view(&text), 6);
    size_t member = packed.n;
    put_member(&packed, STR("more\n"), 6);
    for (size_t n = 2; n < packed.n; n += n + 2 < member || n > member + 2 ? 1 + n / 40 : 1) {
        bool ok = read_all(&r, put_file("cut.gz", (struct str){packed.p, n}), INPUT_GUESS, &got, &err);
        if (ok != (n == member))
            fail_msg("%zu of %zu bytes: %s", n, packed.n, ok ? "taken as whole" : err.text);
    }
    buf_puts(&packed, "tail");
    assert_false(read_all(&r, put_file("tail.gz", buf_view(&packed)), INPUT_GUESS, &got, &err));
    buf_done(&packed);
    buf_done(&text);
    buf_done(&got);
}

/* Any bytes, read as UTF-16, can be had back. */
static void utf16_back(void **state)
{
    struct buf bytes = {0}, text = {0}, back = {0};
    struct err err = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct rand r;
        rand_seed(&r, seed);
        buf_clear(&bytes);
        for (uint32_t n = 1 + rand_below(&r, seed % 10 ? 3000 : 900000); n > 0; n--)
            buf_putc(&bytes, (char)(rand_below(&r, 3) ? rand_below(&r, 256) : 0xD8 + rand_below(&r, 8)));
        enum input_utf16 form = seed % 2 ? INPUT_UTF16LE : INPUT_UTF16BE;
        if (!read_all(&r, put_file("u16", buf_view(&bytes)), form, &text, &err))
            fail_msg("seed %llu: %s", (unsigned long long)seed, err.text);
        if ((unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b)
            continue;
        buf_clear(&back);
        input_utf16_back(&back, buf_view(&text), form);
        if (!str_eq(buf_view(&bytes), buf_view(&back)))
            fail_msg("seed %llu: %zu bytes came back as %zu", (unsigned long long)seed, bytes.n, back.n);
    }
    buf_done(&bytes);
    buf_done(&text);
    buf_done(&back);
}

/* Against iconv: text with every plane, by mark, by NULs, by name. */
static void utf16_text(void **state)
{
    static const char text[] =
        "user,event,time\n张三,登录 😀,2026-01-01 00:00:00\nJosé,naïve,2026-01-02 00:00:00\n";
    static const struct {
        const char *name;
        enum input_utf16 form;
        bool mark;
    } ways[] = {{"UTF-16LE", INPUT_GUESS, true},    {"UTF-16BE", INPUT_GUESS, true},
                {"UTF-16LE", INPUT_GUESS, false},   {"UTF-16BE", INPUT_GUESS, false},
                {"UTF-16LE", INPUT_UTF16, false},   {"UTF-16BE", INPUT_UTF16, true},
                {"UTF-16LE", INPUT_UTF16LE, false}, {"UTF-16BE", INPUT_UTF16BE, false}};
    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        char out[1024], in[256], *to = out, *from = in;
        struct buf got = {0};
        struct rand r;
        struct err err = {0};
        rand_seed(&r, i);
        snprintf(in, sizeof(in), "%s%s", ways[i].mark ? "\xef\xbb\xbf" : "", text);
        size_t n = strlen(in), room = sizeof(out);
        iconv_t cd = iconv_open(ways[i].name, "UTF-8");
        assert_true(cd != (iconv_t)-1 && iconv(cd, &from, &n, &to, &room) != (size_t)-1);
        iconv_close(cd);
        struct str file = {out, sizeof(out) - room};
        assert_true(read_all(&r, put_file("text", file), ways[i].form, &got, &err));
        assert_true(str_eq(buf_view(&got), str_of(in)));
        buf_done(&got);
    }
}

static void guesses(void **state)
{
    const struct {
        const char *text, *name;
    } tries[] = {
        {"user,event\na,login\n", "UTF-8"},
        {"用户,事件\n张三,登录\n", "UTF-8"},
        {"a,b\nx\xff,y\n", "UTF-8"},                                                /* damage, not Chinese */
        {"\xd3\xc3\xbb\xa7,\xca\xc2\xbc\xfe\n\xd5\xc5\xc8\xfd,login\n", "GB18030"}, /* 用户,事件 张三 */
        {"name,city\nJos\xe9,M\xfcnchen\nRen\xe9,K\xf6ln\n", "CP1252"},
        {"name,city\nJos\xe9,x\nRen\xe9,y\n", "UTF-8"},                        /* two may be damage */
        {"n,c\n\xcf\xf0\xe8\xe2\xe5\xf2,\xcc\xee\xf1\xea\xe2\xe0\n", "UTF-8"}, /* Привет, Москва in CP1251 */
        {"n,c\n\xa5\xce\xa4\xe1,\xb5\x6e\xa4\x4a\n", "UTF-8"},                 /* Big5 */
        {"n,c\n\x83\x8d\x83\x4f\x83\x43\x83\x93,x\n", "UTF-8"},                /* Shift-JIS */
        {"n,c\nab\x00\x00\x00\x00\xff\xfe\xe9,x\n", "UTF-8"},
        {"\xe9\xe0\xe8\xfc\xf6\xe4,x\n\xe9\xe0,\xe8\xe9\n", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
        struct str s = str_of(tries[i].text);
        assert_string_equal(decode_guess(&s, 1), tries[i].name);
    }
}

/* Lines stay lines, and bytes that are none become DECODE_BAD. */
static void decoding(void **state)
{
    enum input_utf16 form;
    struct err err = {0};
    struct buf out = {0};
    (void)state;
    struct decoder *d = decode_open(decode_named("gb-18030", &form, &err), &err);
    assert_non_null(d);
    decode_text(d, STR("ab\n\xd5\xc5\xff\xc8\xfd,\x81\x30\x81\x30\n\xd5\n\xc8\xfd\x84"), &out);
    assert_true(str_eq(buf_view(&out), STR("ab\n张\xff三,\xc2\x80\n\xff\n三\xff")));
    decode_close(d);
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct rand r;
        struct buf in = {0};
        size_t want = 0, have = 0;
        rand_seed(&r, seed);
        d = decode_open(seed % 3 == 0 ? "GBK" : seed % 3 == 1 ? "GB18030" : "SHIFT_JIS", &err);
        for (uint32_t n = rand_below(&r, 60); n > 0; n--)
            buf_putc(&in, (char)(rand_below(&r, 6) == 0 ? '\n'
                                 : rand_below(&r, 3)    ? rand_below(&r, 256)
                                                        : 'a'));
        buf_clear(&out);
        decode_text(d, buf_view(&in), &out);
        for (size_t i = 0; i < in.n; i++)
            want += in.p[i] == '\n';
        for (size_t i = 0; i < out.n; i++) {
            have += out.p[i] == '\n';
            if (out.p[i] == DECODE_BAD)
                out.p[i] = '?';
        }
        if (want != have || !utf8_valid(buf_view(&out)))
            fail_msg("seed %llu: %zu lines became %zu", (unsigned long long)seed, want, have);
        decode_close(d);
        buf_done(&in);
    }
    assert_null(decode_named("EBCDIC", &form, &err));
    assert_null(decode_named("ISO-2022-JP", &form, &err));
    assert_string_equal(decode_named("latin_1", &form, &err), "ISO-8859-1");
    assert_string_equal(decode_named("utf-16be", &form, &err), "UTF-16BE");
    assert_int_equal(form, INPUT_UTF16BE);
    buf_done(&out);
}

/* ---- Watching. */

static void *write_slowly(void *arg)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/slow.csv", (const char *)arg);
    FILE *f = fopen(path, "w");
    for (int i = 0; f && i < 8; i++) {
        fprintf(f, "line %d\n", i);
        fflush(f);
        usleep(400000);
    }
    if (f)
        fclose(f);
    return NULL;
}

static void expect_next(struct watch *w, const char *name, off_t size)
{
    struct progress p = {0};
    struct err err = {0};
    struct stat st;
    const char *path = watch_next(w, &p, &err);
    assert_non_null(path);
    assert_string_equal(strrchr(path, '/') + 1, name);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, size);
}

/* A file that is still being written is not given before it is whole; by either way of knowing. */
static void watching(void **state)
{
    struct err err = {0};
    (void)state;
    for (int poll_only = 0; poll_only < 2; poll_only++) {
        char dir[200];
        pthread_t writer;
        snprintf(dir, sizeof(dir), "%s/watched-%d", place, poll_only);
        assert_int_equal(mkdir(dir, 0700), 0);
        struct watch *w = watch_open(dir, poll_only, &err);
        assert_non_null(w);
        char name[64];
        snprintf(name, sizeof(name), "watched-%d/.hidden.csv", poll_only);
        put_file(name, STR("x\n"));
        assert_int_equal(pthread_create(&writer, NULL, write_slowly, dir), 0);
        expect_next(w, "slow.csv", 8 * 7);
        pthread_join(writer, NULL);
        snprintf(name, sizeof(name), "watched-%d/next.csv", poll_only);
        put_file(name, STR("moved\n"));
        expect_next(w, "next.csv", 6);
        snprintf(name, sizeof(name), "watched-%d/slow.csv", poll_only);
        put_file(name, STR("changed\n"));
        expect_next(w, "slow.csv", 8);
        snprintf(name, sizeof(name), "watched-%d/a-cut.csv", poll_only); /* closed within a line: waits */
        put_file(name, STR("whole\ncu"));
        snprintf(name, sizeof(name), "watched-%d/b.csv", poll_only);
        put_file(name, STR("b\n"));
        expect_next(w, "b.csv", 2);
        snprintf(name, sizeof(name), "watched-%d/a-cut.csv", poll_only);
        put_file(name, STR("whole\ncut no more\n"));
        expect_next(w, "a-cut.csv", 18);
        struct progress p = {0};
        atomic_store(&p.cancel, true);
        assert_null(watch_next(w, &p, &err));
        assert_int_equal(err.code, ERR_CANCELLED);
        watch_close(w);
    }
    assert_null(watch_open("/nowhere/at/all", false, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_members), cmocka_unit_test(gzip_cut), cmocka_unit_test(utf16_back),
        cmocka_unit_test(utf16_text),   cmocka_unit_test(guesses),  cmocka_unit_test(decoding),
        cmocka_unit_test(watching),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
