/* first_question.c - what is asked when somebody goes to an analysis for the first time: something that has
 * an answer in this store. */
#include "config.h"

#include <string.h>

#include "tui/first_question.h"

static const char *const funnels[][8] = {
    {"home", "card_tab", "bill_detail", "instal_confirm", "instal_success"}, /* the published five pages */
    {"catalog", "cart", "payment_done"},
};

struct names {
    const char *const *wanted;
    unsigned found;
};

static void look_up(void *ctx, struct str name, struct str display)
{
    struct names *n = ctx;
    (void)display;
    for (unsigned i = 0; n->wanted[i]; i++)
        if (str_eq(name, str_of(n->wanted[i])))
            n->found |= 1u << i;
}

static bool all_occur(struct workspace *w, const char *const *wanted)
{
    struct names n = {.wanted = wanted};
    unsigned all = 0;
    while (wanted[all])
        all++;
    return workspace_names(w, 'e', look_up, &n, NULL) && n.found == (1u << all) - 1;
}

void first_question(struct workspace *w, const char *analysis, struct query *q)
{
    query_init(q, analysis);
    if (strcmp(analysis, "funnel") == 0) {
        for (size_t i = 0; i < sizeof funnels / sizeof funnels[0]; i++)
            if (all_occur(w, funnels[i])) {
                for (size_t k = 0; funnels[i][k]; k++)
                    query_add(q, "step", funnels[i][k]);
                return;
            }
    } else if (strcmp(analysis, "paths") == 0) {
        query_add(q, "depth", "6");
    } else if (strcmp(analysis, "events") == 0) {
        query_add(q, "unit", "day");
    }
}
