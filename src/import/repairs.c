/* repairs.c - counts of what was decided for the reader. */
#include "config.h"

#include <stdlib.h>
#include "base/nls.h"
#include "import/load.h"
#include "import/rejects.h"
#include "import/repairs.h"

static const struct {
    const char *id, *text;
} kinds[REPAIR_COUNT] = {
    [REPAIR_GAP] = {"dst-gap",
                    N_("a local time that the clocks skipped; taken as that much after the change")},
    [REPAIR_OVERLAP] = {"dst-overlap", N_("a local time that came twice; taken as the first")},
    [REPAIR_FUTURE] = {"future-time",
                       N_("more than a day after now; loaded as it is, look at the clock or --tz")},
    [REPAIR_NO_ZONE] = {"no-zone",
                        N_("a time without zone among others that name one; read in the zone shown above")},
    [REPAIR_ZONE] = {NULL, NULL},
    [REPAIR_REPEAT] = {"duplicate-key", N_("a name that comes twice in an object; the last value was taken")},
    [REPAIR_LATE] = {"late-column", N_("a name the first rows did not have; loaded as a column of its own")},
    [REPAIR_KEY] = {"unknown-key",
                    N_("a further name where there are 1,024 columns already; its values were left out, name "
                       "it with --type NAME=text to load them")},
    [REPAIR_CONFLICT] = {"conflict", N_("an id that was another customer's before; the last word counts")},
    [REPAIR_OLDER] = {"older", N_("older than what the store knows of this customer; left out")},
};

struct repairs {
    uint64_t n[REPAIR_COUNT];
    struct {
        char *text, *file;
        uint64_t line;
    } example[REPAIR_COUNT];
};

const char *repair_named(const char *id)
{
    for (size_t k = 0; k < REPAIR_COUNT; k++)
        if (kinds[k].id && strcmp(kinds[k].id, id) == 0)
            return _(kinds[k].text);
    return NULL;
}

struct repairs *repairs_new(void)
{
    return mem_zalloc(sizeof(struct repairs));
}

void repairs_free(struct repairs *r)
{
    for (size_t k = 0; r && k < REPAIR_COUNT; k++) {
        free(r->example[k].text);
        free(r->example[k].file);
    }
    free(r);
}

void repairs_add(struct repairs *r, const struct repair_tally *t, const char *file, uint64_t lines)
{
    for (size_t k = 0; k < REPAIR_COUNT; k++) {
        if (r->n[k] == 0 && t->n[k] && kinds[k].id) {
            r->example[k].text = rejects_example(t->raw[k]);
            r->example[k].file = mem_strdup(file);
            r->example[k].line = lines + t->line[k];
        }
        r->n[k] += t->n[k];
    }
}

static bool is_told(const struct repairs *r, size_t k)
{
    return r->n[k] && kinds[k].id && (k != REPAIR_NO_ZONE || r->n[REPAIR_ZONE]);
}

void repairs_report(const struct repairs *r, struct load_report *report)
{
    report->repair = arena_array(&report->arena, struct load_reason, REPAIR_COUNT);
    report->repair_n = 0;
    for (size_t k = 0; k < REPAIR_COUNT; k++)
        if (is_told(r, k))
            report->repair[report->repair_n++] = (struct load_reason){
                .id = kinds[k].id,
                .text = _(kinds[k].text),
                .count = r->n[k],
                .example = arena_strdup(&report->arena, r->example[k].text),
                .file = arena_strdup(&report->arena, r->example[k].file),
                .line = r->example[k].line,
            };
}
