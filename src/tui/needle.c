/* needle.c - see needle.h. */
#include "config.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "tui/needle.h"

void needle_set(char **needle, const char *text)
{
    struct buf folded = {0};
    utf8_fold(&folded, str_of(text));
    free(*needle);
    *needle = folded.n ? mem_strdup(folded.p) : NULL;
    buf_done(&folded);
}

bool needle_is_in(const char *needle, struct str text)
{
    struct buf folded = {0};
    if (!needle)
        return false;
    utf8_fold(&folded, text);
    bool has = folded.n && memmem(folded.p, folded.n, needle, strlen(needle)) != NULL;
    buf_done(&folded);
    return has;
}
