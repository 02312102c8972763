/* userset.h - an exact set of users by their numbers: what a condition, a segment or a tag comes down to.
 *
 * Compressed: a tag of five million users takes at most 0.6 MB, and two of them meet in well under a
 * millisecond. Sets are values: operations make new ones. Any number of threads may read one set. */
#ifndef WM_USERSET_H
#define WM_USERSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct userset;

struct userset *userset_new(void);    /* empty */
void userset_free(struct userset *s); /* NULL is fine */
struct userset *userset_copy(const struct userset *s);
/* Users 0 … users - 1. */
struct userset *userset_all(uint32_t users);
/* Bit u % 64 of word[u / 64] for every user below `users`; bits behind them are not looked at. */
struct userset *userset_of_words(const uint64_t *word, uint32_t users);
/* The same the other way, users / 64 + 1 words, zero where there is none; for free(). Members beyond are left
 * out. */
uint64_t *userset_words(const struct userset *s, uint32_t users);
/* How many bits are in both of such bitmaps of n words: what counts many sets against many others fastest,
 * however many members they have. */
uint64_t userset_words_and_count(const uint64_t *a, const uint64_t *b, size_t n);

struct userset *userset_and(const struct userset *a, const struct userset *b);
struct userset *userset_or(const struct userset *a, const struct userset *b);
struct userset *userset_andnot(const struct userset *a, const struct userset *b);
/* Among users 0 … users - 1. */
struct userset *userset_not(const struct userset *s, uint32_t users);

void userset_add(struct userset *s, uint32_t user); /* while building; not while others read */
bool userset_has(const struct userset *s, uint32_t user);
uint64_t userset_count(const struct userset *s);
uint64_t userset_and_count(const struct userset *a, const struct userset *b); /* without making the set */
size_t userset_bytes(const struct userset *s);                                /* of memory */
/* Members from user `from` on, ascending, at most n of them; returns how many. */
size_t userset_list(const struct userset *s, uint32_t from, uint32_t *out, size_t n);

#endif
