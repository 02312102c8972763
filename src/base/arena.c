/* arena.c - region memory in chunks that double up to 1 MiB, and the malloc family that never returns NULL.
 *
 * A request larger than a quarter of the coming chunk gets a chunk of its own *behind* the newest, so that
 * the room left in the newest is not lost. There is no way to give back a single allocation: that is the
 * point. */
#include "config.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/nls.h"

#define ALIGN ((size_t)16)
#define CHUNK_FIRST ((size_t)4096)
#define CHUNK_MOST ((size_t)1 << 20)

struct arena_chunk {
    _Alignas(16) struct arena_chunk *next;
    size_t size; /* of bytes */
    _Alignas(16) unsigned char bytes[];
};

static void (*fail_hook)(void);

/* Not exit(): this may be any thread, and handlers would run beside the others. */
static _Noreturn void mem_fail(void)
{
    if (fail_hook)
        fail_hook();
    const char *text = _("waymark: out of memory; close other programs or ask for a smaller result\n");
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
    _exit(3);
}

void mem_on_fail(void (*hook)(void))
{
    fail_hook = hook;
}

size_t mem_size(size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        mem_fail();
    return product;
}

void *mem_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        mem_fail();
    return p;
}

void *mem_zalloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        mem_fail();
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    if (size == 0) {
        free(p);
        return NULL;
    }
    void *moved = realloc(p, size);
    if (!moved)
        mem_fail();
    return moved;
}

char *mem_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(mem_alloc(n), s, n);
}

static struct arena_chunk *chunk_new(size_t size, struct arena_chunk *next)
{
    if (size > SIZE_MAX - sizeof(struct arena_chunk))
        mem_fail();
    struct arena_chunk *c = mem_alloc(sizeof(*c) + size);
    c->next = next;
    c->size = size;
    return c;
}

static void *alloc_slow(struct arena *a, size_t size)
{
    size_t coming = a->chunk ? a->chunk->size * 2 : CHUNK_FIRST;
    if (coming > CHUNK_MOST)
        coming = CHUNK_MOST;
    if (a->chunk && size > coming / 4) {
        a->chunk->next = chunk_new(size, a->chunk->next);
        return a->chunk->next->bytes;
    }
    a->chunk = chunk_new(size > coming ? size : coming, a->chunk);
    a->used = size;
    return a->chunk->bytes;
}

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_done(struct arena *a)
{
    while (a->chunk) {
        struct arena_chunk *next = a->chunk->next;
        free(a->chunk);
        a->chunk = next;
    }
    a->used = 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        mem_fail();
    size = (size + (ALIGN - 1)) & ~(ALIGN - 1);
    if (!a->chunk || size > a->chunk->size - a->used)
        return alloc_slow(a, size);
    void *p = a->chunk->bytes + a->used;
    a->used += size;
    return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
    return memset(arena_alloc(a, size), 0, size);
}

char *arena_strdup(struct arena *a, const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(arena_alloc(a, n), s, n);
}

struct str arena_str(struct arena *a, struct str s)
{
    if (s.n == SIZE_MAX)
        mem_fail();
    char *p = arena_alloc(a, s.n + 1);
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (struct str){p, s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return arena_strdup(a, "");
    char *p = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return p;
}
