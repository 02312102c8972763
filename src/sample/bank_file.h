/* bank_file.h - an output file that appears under its name only when it is complete. */
#ifndef WM_BANK_FILE_H
#define WM_BANK_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

enum { BANK_FILE_BUFFER = 1 << 20, BANK_FILE_ROOM = 256 };

struct bank_file {
    char *path, *temporary; /* owned */
    char *buffer;           /* BANK_FILE_BUFFER + BANK_FILE_ROOM bytes */
    size_t n;
    uint64_t bytes; /* written and buffered */
    int fd;         /* -1 when not open */
};

/* Begins dir/name as dir/.name.partial, replacing such a left-over. bank_file_done also after a failure. */
bool bank_file_open(struct bank_file *f, const char *dir, const char *name, struct err *err);
/* At least BANK_FILE_ROOM bytes to write to; bank_file_advance says how many were. */
static inline char *bank_file_room(struct bank_file *f)
{
    return f->buffer + f->n;
}
bool bank_file_flush(struct bank_file *f, struct err *err);
static inline bool bank_file_advance(struct bank_file *f, size_t n, struct err *err)
{
    f->n += n;
    f->bytes += n;
    return f->n < BANK_FILE_BUFFER || bank_file_flush(f, err);
}
bool bank_file_put(struct bank_file *f, struct str bytes, struct err *err);
/* Everything is written: flush and close; then publish gives the name. */
bool bank_file_close(struct bank_file *f, struct err *err);
bool bank_file_publish(struct bank_file *f, struct err *err);
/* Removes what was not published and frees. */
void bank_file_done(struct bank_file *f);

/* Whether dir is fit to take these n files: absent, empty or holding only them and their left-overs. */
bool bank_file_folder(const char *dir, const char *const *names, size_t n, struct err *err);

#endif
