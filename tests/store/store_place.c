/* store_place.c - see store_place.h. */
#include "config.h"

#include "../store/store_place.h"

#include <stdlib.h>

#include "../store/store_world.h"
#include "store/verify.h"

int place_new(void **state)
{
    struct err err = {0};
    struct place *p = calloc(1, sizeof(*p));
    p->dir = world_dir();
    p->env = env_open(p->dir, ENV_WRITE, &err);
    if (!p->env)
        print_error("%s\n", err.text);
    *state = p;
    return p->env ? 0 : -1;
}

int place_free(void **state)
{
    struct place *p = *state;
    env_close(p->env);
    world_remove(p->dir);
    free(p->dir);
    free(p);
    return 0;
}

void place_print_finding(void *arg, const struct verify_finding *f)
{
    (void)arg;
    print_error("%s: %s\n", f->where, f->what);
}

void assert_sound(const char *dir)
{
    struct err err = {0};
    struct verify_report report;
    assert_done(verify_store(dir, NULL, place_print_finding, NULL, &report, &err));
    assert_int_equal(report.damaged, 0);
    assert_true(report.blocks > 0);
}
