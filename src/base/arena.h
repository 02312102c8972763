/* arena.h - region memory: many allocations, one release.
 *
 * Allocation never fails for the caller: when memory is gone the program says so and ends with
 * status 3 (mem_fail in arena.c, the one place). Memory is 16-byte aligned and not cleared unless said. */
#ifndef WM_ARENA_H
#define WM_ARENA_H

#include <stddef.h>
#include "base/str.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunk; /* newest first */
    size_t used;               /* in the newest chunk */
};

void arena_init(struct arena *a); /* an all-zero struct is an initialised arena too */
void arena_done(struct arena *a); /* frees everything; the arena is then empty and usable */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zalloc(struct arena *a, size_t size); /* cleared */
char *arena_strdup(struct arena *a, const char *s);
/* Copies and NUL-terminates; the result's n excludes the NUL. */
struct str arena_str(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define arena_new(a, type) ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_zalloc((a), mem_size((size_t)(count), sizeof(type))))

/* malloc family that never returns NULL: see above. mem_realloc(p, 0) frees and returns NULL. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);
/* count * size; a product no memory could hold counts as memory that is gone. */
size_t mem_size(size_t count, size_t size);
/* What to call just before the message when memory is gone: the screen gives the terminal back here. NULL:
 * nothing. The hook must not allocate. */
void mem_on_fail(void (*hook)(void));

#endif
