/* store_place.h - a new, empty store of its own for each test, and what every test of the store asserts. */
#ifndef WM_STORE_PLACE_H
#define WM_STORE_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/env.h"
#include "store/verify.h"

struct place {
    char *dir;
    struct env *env; /* open for writing; a test may close it and set it NULL */
};

/* Set-up and teardown of cmocka: *state is a struct place. */
int place_new(void **state);
int place_free(void **state);

/* Fails the test with the text of `err`, which must be in scope. */
#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

/* For verify_store: prints what it finds. */
void place_print_finding(void *arg, const struct verify_finding *f);
/* The store holds something, and `check` finds nothing wrong with it; findings are printed. */
void assert_sound(const char *dir);

#endif
