/* rejected.c - rows are kept byte for byte, so what is shown is turned into text first. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/rejected.h"
#include "base/nls.h"
#include "base/os.h"
#include "import/decode.h"

enum { SHOWN = 256 << 10 };

static void put_text(struct buf *out, struct str text)
{
    const char *encoding = decode_guess(&text, 1);
    struct decoder *d = strcmp(encoding, "UTF-8") == 0 ? NULL : decode_open(encoding, NULL);
    if (d)
        decode_text(d, text, out);
    else
        buf_str(out, text);
    decode_close(d);
}

static ssize_t read_some(int fd, char *to, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t k = read(fd, to + got, n - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (k == 0)
            break;
        got += (size_t)k;
    }
    return (ssize_t)got;
}

bool rejected_put(const char *path, struct buf *out, struct err *err)
{
    struct buf bytes = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    buf_reserve(&bytes, SHOWN + 1);
    ssize_t n = fd < 0 ? -1 : read_some(fd, bytes.p, SHOWN + 1);
    if (n < 0)
        err_set(err, ERR_SYSTEM, _("%s: the rejected rows cannot be read: %s"), path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (n >= 0) {
        buf_printf(out, "\n%s\n\n", path);
        put_text(out, (struct str){bytes.p, (size_t)(n > SHOWN ? SHOWN : n)});
        if (n > SHOWN)
            buf_printf(out, "\n%s\n", _("... (more in the file)"));
    }
    buf_done(&bytes);
    return n >= 0;
}

bool rejected_find(const char *dir, unsigned import, struct buf *path)
{
    static const char *const endings[] = {"csv", "jsonl"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        buf_clear(path);
        buf_printf(path, "%s/rejects/import-%u.%s", dir, import, endings[i]);
        if (os_exists(path->p))
            return true;
    }
    return false;
}
