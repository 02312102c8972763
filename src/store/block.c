/* block.c - envelope and keys of blocks.
 *
 * XXH3-64 rather than CRC32C: as fast as memory without processor-specific code on amd64 and aarch64, and 64
 * bits wide. The header's own bytes are under the checksum, with the checksum field as zero. */
#include "config.h"
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "base/err.h"
#include "base/nls.h"
#include "store/block.h"
#include "store/checksum.h"

#define BLOCK_MAGIC 0x4b424d57u /* "WMBK" in little endian */
#define BLOCK_VERSION 1

struct header {
    uint32_t magic;
    uint8_t kind, version, key_bytes, zero;
    uint64_t payload;
    uint64_t checksum;
    uint8_t key[KEY_MAX];
};
_Static_assert(sizeof(struct header) == BLOCK_HEADER, "the header is 64 bytes without padding");

/* ---- keys */

static void add(struct key *k, uint32_t value, unsigned bytes)
{
    while (bytes-- > 0)
        k->b[k->n++] = (uint8_t)(value >> (8 * bytes));
}

struct key key_kind(enum block_kind kind)
{
    struct key k = {.n = 1};
    k.b[0] = (uint8_t)kind;
    return k;
}

struct key key_root(void)
{
    return key_kind(BLOCK_ROOT);
}

struct key key_column(uint16_t column)
{
    struct key k = key_kind(BLOCK_COLUMN);
    add(&k, column, 2);
    return k;
}

struct key key_note(struct str name)
{
    struct key k = key_kind(BLOCK_NOTE);
    if (name.n == 0 || name.n > NOTE_NAME_MAX)
        bug("name of a note");
    memcpy(k.b + k.n, name.p, name.n);
    k.n = (uint8_t)(k.n + name.n);
    return k;
}

struct key key_import(uint32_t import)
{
    struct key k = key_kind(BLOCK_IMPORT);
    add(&k, import, 4);
    return k;
}

struct key key_dict(uint16_t column)
{
    struct key k = key_kind(BLOCK_DICT);
    add(&k, column, 2);
    return k;
}

struct key key_strings(uint16_t column, uint32_t first_code)
{
    struct key k = key_kind(BLOCK_STRINGS);
    add(&k, column, 2);
    add(&k, first_code, 4);
    return k;
}

struct key key_hashes(uint16_t column, uint32_t run, uint32_t bucket)
{
    struct key k = key_kind(BLOCK_HASHES);
    add(&k, column, 2);
    add(&k, run, 4);
    add(&k, bucket, 4);
    return k;
}

struct key key_directory(uint32_t part, uint32_t chunk)
{
    struct key k = key_kind(BLOCK_DIRECTORY);
    add(&k, part, 4);
    add(&k, chunk, 4);
    return k;
}

struct key key_codes(uint32_t part, uint32_t chunk)
{
    struct key k = key_kind(BLOCK_CODES);
    add(&k, part, 4);
    add(&k, chunk, 4);
    return k;
}

/* Columns of a block lie side by side: the order in which they are written. */
struct key key_cell(uint32_t part, uint32_t block, uint16_t column)
{
    struct key k = key_kind(BLOCK_CELL);
    add(&k, part, 4);
    add(&k, block, 4);
    add(&k, column, 2);
    return k;
}

bool key_parse(struct key *out, const void *bytes, size_t n)
{
    if (n == 0 || n > KEY_MAX)
        return false;
    *out = (struct key){.n = (uint8_t)n};
    memcpy(out->b, bytes, n);
    return true;
}

/* Bytes of each number after the kind; zeros end. */
static const uint8_t key_shape[BLOCK_KINDS][4] = {
    [BLOCK_COLUMN] = {2},       [BLOCK_IMPORT] = {4},       [BLOCK_DICT] = {2},     [BLOCK_STRINGS] = {2, 4},
    [BLOCK_HASHES] = {2, 4, 4}, [BLOCK_DIRECTORY] = {4, 4}, [BLOCK_CODES] = {4, 4}, [BLOCK_CELL] = {4, 4, 2},
};

bool key_numbers(const struct key *k, struct key_numbers *out)
{
    *out = (struct key_numbers){{0}};
    if (k->n == 0 || k->b[0] >= BLOCK_KINDS || key_shape[k->b[0]][0] == 0)
        return false;
    const uint8_t *shape = key_shape[k->b[0]];
    unsigned at = 1;
    for (unsigned i = 0; i < 3 && shape[i]; i++)
        for (unsigned left = shape[i]; left > 0; left--) {
            if (at >= k->n)
                return false;
            out->at[i] = out->at[i] << 8 | k->b[at++];
        }
    return at == k->n;
}

void key_describe(const struct key *k, struct buf *out)
{
    static const char *const form[BLOCK_KINDS] = {
        [BLOCK_ROOT] = N_("root"),
        [BLOCK_COLUMN] = N_("definition of column %u"),
        [BLOCK_NOTE] = N_("note"),
        [BLOCK_IMPORT] = N_("journal of import %u"),
        [BLOCK_DICT] = N_("dictionary %u"),
        [BLOCK_STRINGS] = N_("dictionary %u strings from %u"),
        [BLOCK_HASHES] = N_("dictionary %u hash run %u bucket %u"),
        [BLOCK_DIRECTORY] = N_("part %u directory chunk %u"),
        [BLOCK_CODES] = N_("part %u event codes chunk %u"),
        [BLOCK_CELL] = N_("part %u block %u column %u"),
    };
    struct key_numbers v;
    bool numbered = key_numbers(k, &v);
    if (k->n == 0 || k->b[0] >= BLOCK_KINDS || !form[k->b[0]] || (!numbered && key_shape[k->b[0]][0])) {
        buf_puts(out, _("unknown key"));
        return;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                               \
    "-Wformat-nonliteral" /* the forms are the table above; surplus numbers are ignored */
    buf_printf(out, _(form[k->b[0]]), v.at[0], v.at[1], v.at[2]);
#pragma GCC diagnostic pop
}

/* ---- envelope */

static uint64_t checksum(const struct header *h, const void *payload, size_t n)
{
    struct header zeroed = *h;
    zeroed.checksum = 0;
    /* Two one-shot hashes: the streaming interface costs a copy of its 576-byte state per block. */
    uint64_t seed = XXH3_64bits(&zeroed, sizeof(zeroed));
    return checksum_seeded(payload, n, seed);
}

size_t block_begin(struct buf *out)
{
    static const char zero[BLOCK_HEADER];
    size_t start = out->n;
    buf_put(out, zero, sizeof(zero));
    return start;
}

void block_seal(struct buf *out, size_t start, const struct key *k)
{
    struct header h = {.magic = BLOCK_MAGIC, .kind = k->b[0], .version = BLOCK_VERSION, .key_bytes = k->n};
    h.payload = out->n - start - sizeof(h);
    memcpy(h.key, k->b, k->n);
    h.checksum = checksum(&h, out->p + start + sizeof(h), h.payload);
    memcpy(out->p + start, &h, sizeof(h));
}

static bool names(const struct header *h, const struct key *k)
{
    return h->key_bytes == k->n && h->kind == k->b[0] && memcmp(h->key, k->b, k->n) == 0;
}

bool block_named(const struct key *k, const void *bytes, size_t n)
{
    struct header h;
    if (n < sizeof(h))
        return false;
    memcpy(&h, bytes, sizeof(h));
    return h.magic == BLOCK_MAGIC && names(&h, k);
}

const char *block_check(const struct key *k, const void *bytes, size_t n)
{
    struct header h;
    if (n < sizeof(h))
        return N_("shorter than a block header");
    memcpy(&h, bytes, sizeof(h));
    if (h.magic != BLOCK_MAGIC)
        return N_("no block starts here");
    if (h.payload != n - sizeof(h))
        return N_("length differs");
    if (h.checksum != checksum(&h, (const char *)bytes + sizeof(h), n - sizeof(h)))
        return N_("checksum differs");
    if (h.version != BLOCK_VERSION)
        return N_("written by another version of waymark");
    if (!names(&h, k))
        return N_("another block lies in its place");
    return NULL;
}

uint64_t block_checksum(const void *bytes)
{
    struct header h;
    memcpy(&h, bytes, sizeof(h));
    return h.checksum;
}

struct str block_payload(const void *bytes)
{
    struct header h;
    memcpy(&h, bytes, sizeof(h));
    return (struct str){(const char *)bytes + sizeof(h), h.payload};
}
