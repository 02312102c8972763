/* terminfo.c - see terminfo.h; the layout is that of term(5). */
#include "config.h"

#include <stdlib.h>

#include "base/os.h"
#include "tui/terminfo.h"

enum {
    MAGIC = 0432,
    MAGIC_WIDE = 01036, /* numbers of two, of four bytes */
    HEAD = 12,
    REPEAT = 121, /* repeat_char among the strings of <term.h> */
    LARGEST = 32768,
};

static unsigned number_at(const struct buf *b, size_t at)
{
    return (unsigned char)b->p[at] | (unsigned)(unsigned char)b->p[at + 1] << 8;
}

bool terminfo_drop_repeat(struct buf *entry)
{
    if (entry->n < HEAD)
        return false;
    unsigned magic = number_at(entry, 0);
    size_t names = number_at(entry, 2), flags = number_at(entry, 4), numbers = number_at(entry, 6);
    size_t strings = number_at(entry, 8);
    if ((magic != MAGIC && magic != MAGIC_WIDE) || strings <= REPEAT)
        return false;
    size_t at = HEAD + names + flags;
    at += at % 2;
    at += numbers * (magic == MAGIC ? 2 : 4) + REPEAT * 2;
    if (at + 2 > entry->n || number_at(entry, at) >= 0xFFFE)
        return false;
    memset(entry->p + at, 0xFF, 2); /* -1: absent */
    return true;
}

static bool read_below(struct buf *entry, const char *folder, const char *term)
{
    struct buf path = {0};
    struct err err;
    bool ok = false;
    for (int hex = 0; hex < 2 && !ok; hex++) {
        buf_clear(&path);
        buf_clear(entry);
        buf_printf(&path, hex ? "%s/%02x/%s" : "%s/%c/%s", folder, (unsigned char)term[0], term);
        ok = os_read_file(path.p, LARGEST, entry, &err);
    }
    buf_done(&path);
    return ok;
}

static bool find(struct buf *entry, const char *term)
{
    static const char *const folders[] = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo",
                                          "/usr/local/share/terminfo"};
    const char *own = getenv("TERMINFO"), *home = getenv("HOME");
    if (own && own[0] == '/' && read_below(entry, own, term))
        return true;
    struct buf below_home = {0};
    buf_printf(&below_home, "%s/.terminfo", home ? home : "");
    bool ok = home && read_below(entry, below_home.p, term);
    buf_done(&below_home);
    for (size_t i = 0; i < sizeof folders / sizeof *folders && !ok; i++)
        ok = read_below(entry, folders[i], term);
    return ok;
}

bool terminfo_without_repeat(struct buf *out, const char *term)
{
    struct buf entry = {0};
    bool ok = term && *term && !strchr(term, '/') && find(&entry, term) && terminfo_drop_repeat(&entry);
    if (ok) {
        buf_puts(out, "hex:");
        for (size_t i = 0; i < entry.n; i++)
            buf_printf(out, "%02X", (unsigned char)entry.p[i]);
    }
    buf_done(&entry);
    return ok;
}
