/* fuzz.c - see fuzz.h. */
#include "config.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz.h"

uint8_t fuzz_byte(struct fuzz_input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

uint32_t fuzz_number(struct fuzz_input *in, uint32_t below)
{
    uint32_t low = fuzz_byte(in), high = fuzz_byte(in);
    return (low | high << 8) % below;
}

struct str fuzz_rest(const struct fuzz_input *in)
{
    return (struct str){in->n ? (const char *)in->p : "", in->n};
}

struct str fuzz_line(struct fuzz_input *in)
{
    struct str s = fuzz_rest(in);
    const char *end = memchr(s.p, '\n', s.n);
    size_t taken = s.n;
    if (end) {
        s.n = (size_t)(end - s.p);
        taken = s.n + 1;
    }
    in->p += taken;
    in->n -= taken;
    return s;
}

char *fuzz_copy(struct str s, size_t slack)
{
    char *p = malloc(s.n + slack + !(s.n + slack));
    if (!p)
        abort();
    if (s.n)
        memcpy(p, s.p, s.n);
    memset(p + s.n, 0xA5, slack);
    return p;
}

/* ---- the scratch folder */

static char dir[PATH_MAX];
static pid_t owner;

static void remove_in(const char *path)
{
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        char name[PATH_MAX + 300];
        snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlink(name) != 0)
            remove_in(name);
    }
    if (d)
        closedir(d);
    rmdir(path);
}

static void remove_dir(void)
{
    if (getpid() == owner)
        remove_in(dir);
}

void fuzz_dir_forget(void)
{
    *dir = '\0';
}

const char *fuzz_dir(void)
{
    if (*dir)
        return dir;
    const char *base = getenv("TMPDIR");
    if (!base)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(dir, sizeof(dir), "%s/waymark-fuzz-XXXXXX", base);
    if (!mkdtemp(dir)) {
        fprintf(stderr, "cannot make a folder in %s\n", base);
        exit(99);
    }
    owner = getpid();
    atexit(remove_dir);
    return dir;
}

_Noreturn void fuzz_broken(const char *file, int line, const char *promise)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, promise);
    fflush(NULL);
    if (*dir)
        remove_dir();
    abort();
}
