/* bank_file.c - see bank_file.h. No fsync: a sample lost with the power is made again from its seed. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"
#include "sample/bank_file.h"

static char *join(const char *dir, const char *before, const char *name, const char *after)
{
    size_t n = strlen(dir) + strlen(before) + strlen(name) + strlen(after) + 2;
    char *path = mem_alloc(n);
    snprintf(path, n, "%s/%s%s%s", dir, before, name, after);
    return path;
}

bool bank_file_open(struct bank_file *f, const char *dir, const char *name, struct err *err)
{
    *f = (struct bank_file){.fd = -1};
    f->path = join(dir, "", name, "");
    f->temporary = join(dir, ".", name, ".partial");
    f->buffer = mem_alloc(BANK_FILE_BUFFER + BANK_FILE_ROOM);
    if (unlink(f->temporary) != 0 && errno != ENOENT)
        return err_set(err, ERR_SYSTEM, _("%s: %s; remove it"), f->temporary, strerror(errno));
    f->fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (f->fd < 0)
        return err_set(err, ERR_SYSTEM, _("%s: %s; choose a folder you may write to"), f->temporary,
                       strerror(errno));
    return true;
}

bool bank_file_flush(struct bank_file *f, struct err *err)
{
    size_t n = f->n;
    f->n = 0;
    return n == 0 || os_write_all(f->fd, f->buffer, n, f->temporary, err);
}

bool bank_file_put(struct bank_file *f, struct str bytes, struct err *err)
{
    while (bytes.n > 0) {
        size_t n = bytes.n < BANK_FILE_ROOM ? bytes.n : BANK_FILE_ROOM;
        memcpy(bank_file_room(f), bytes.p, n);
        if (!bank_file_advance(f, n, err))
            return false;
        bytes = (struct str){bytes.p + n, bytes.n - n};
    }
    return true;
}

bool bank_file_close(struct bank_file *f, struct err *err)
{
    if (!bank_file_flush(f, err))
        return false;
    int fd = f->fd;
    f->fd = -1;
    return close(fd) == 0 ||
           err_set(err, ERR_SYSTEM, _("%s: %s; is the disk full?"), f->temporary, strerror(errno));
}

bool bank_file_publish(struct bank_file *f, struct err *err)
{
    if (rename(f->temporary, f->path) != 0)
        return err_set(err, ERR_SYSTEM, _("%s: %s; choose another folder"), f->path, strerror(errno));
    free(f->temporary);
    f->temporary = NULL;
    return true;
}

void bank_file_done(struct bank_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->temporary)
        unlink(f->temporary);
    free(f->path);
    free(f->temporary);
    free(f->buffer);
    *f = (struct bank_file){.fd = -1};
}

/* "events.csv" and ".events.csv.partial" are both ours. */
static bool is_ours(const char *entry, const char *name)
{
    size_t n = strlen(name);
    return strcmp(entry, name) == 0 ||
           (entry[0] == '.' && strncmp(entry + 1, name, n) == 0 && strcmp(entry + 1 + n, ".partial") == 0);
}

static bool known_entry(const char *entry, const char *const *names, size_t n)
{
    bool known = strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0;
    for (size_t i = 0; i < n && !known; i++)
        known = is_ours(entry, names[i]);
    return known;
}

bool bank_file_folder(const char *dir, const char *const *names, size_t n, struct err *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return errno == ENOENT ||
               err_set(err, ERR_SYSTEM, _("%s: %s; choose another folder"), dir, strerror(errno));
    bool fit = true;
    struct dirent *entry;
    while (fit && (entry = readdir(d)))
        if (!known_entry(entry->d_name, names, n))
            fit = err_set(err, ERR_USAGE, _("%s: holds other files, such as %s; choose an empty folder"), dir,
                          entry->d_name);
    closedir(d);
    return fit;
}
