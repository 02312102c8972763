/* monkey.c - keys at random, sizes at random, every tier and both languages, without a terminal.
 *
 * Nothing may crash, hang or leak (run it with sanitizers), and after every key the picture must be one that
 * a terminal can show: whole characters, nothing of ambiguous width in a narrow tier, the cursor inside.
 * MONKEY_KEYS says how many keys, MONKEY_SEED where to begin; when it breaks it prints the seed and the last
 * keys. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/action.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/rand.h"
#include "tests/unit/tui_drive.h"
#include "tui/keymap.h"

enum { KEYS = 2500, LAST = 60, LIFE = 400 /* keys between two starts, at most */ };

static struct rand rng;
static uint32_t last[LAST];
static size_t typed;

static int64_t from_environment(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);
    int64_t n;
    return text && num_i64(str_of(text), &n) ? n : otherwise;
}

/* ---- what was typed, told when it breaks */

static void tell(void)
{
    char line[64];
    for (size_t i = typed > LAST ? typed - LAST : 0; i < typed; i++) {
        uint32_t key = last[i % LAST];
        int n = snprintf(line, sizeof line, key > 0x20 && key < 0x7F ? "%c " : "<%X> ", (unsigned)key);
        if (write(STDERR_FILENO, line, (size_t)n) < 0)
            return;
    }
    if (write(STDERR_FILENO, "\n", 1) < 0)
        return;
}

static void on_crash(int sig)
{
    tell();
    signal(sig, SIG_DFL);
    raise(sig);
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void tell_when_it_breaks(void)
{
    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(tell);
        return;
    }
    signal(SIGSEGV, on_crash);
    signal(SIGABRT, on_crash);
    signal(SIGBUS, on_crash);
}

/* ---- keys */

/* One of the keys of an action, whatever screen it belongs to. */
static uint32_t action_key(void)
{
    const struct action_info *info = action_get((enum action)(1 + rand_below(&rng, ACTIONS - 1)));
    struct str rest = str_of(info->keys), name = {0};
    uint32_t which = (uint32_t)rand_below(&rng, 3);
    do
        name = str_cut(&rest, ' ');
    while (rest.p && which-- > 0);
    uint32_t key =
        info->fkey && rand_below(&rng, 8) == 0 ? keymap_named(str_of(info->fkey)) : keymap_named(name);
    return key ? key : TERM_DOWN;
}

static uint32_t text_key(void)
{
    static const char text[] = "abcdelogin_home card 0123456789<>=()[]'\"-:/.,*?#%$\\\t";
    static const uint32_t odd[] = {0x7406, 0x8D22,   0xFF1A, 0x3001, 0x1F600, 0x202E, 0x301, 0x85,
                                   0xE000, 0x10FFFF, 0xFF1F, 0x3000, 0xAD,    1,      5,     31};
    return rand_below(&rng, 5) ? (unsigned char)text[rand_below(&rng, sizeof text - 1)]
                               : odd[rand_below(&rng, sizeof odd / sizeof *odd)];
}

static uint32_t next_key(void)
{
    static const uint32_t moves[] = {TERM_UP,  TERM_DOWN,    TERM_LEFT,      TERM_RIGHT,    TERM_ENTER,
                                     TERM_ESC, TERM_TAB,     TERM_PAGE_DOWN, TERM_PAGE_UP,  TERM_HOME,
                                     TERM_END, TERM_BACKTAB, TERM_DELETE,    TERM_BACKSPACE};
    uint64_t dice = rand_below(&rng, 100);
    if (dice < 55)
        return action_key();
    if (dice < 80)
        return moves[rand_below(&rng, sizeof moves / sizeof *moves)];
    if (dice < 95)
        return text_key();
    return TERM_SPECIAL + (uint32_t)rand_below(&rng, TERM_PASTE_END - TERM_SPECIAL + 4);
}

/* ---- pictures */

static void check_picture(struct tui *t, struct canvas *c)
{
    static const int common[][2] = {{80, 24}, {120, 40}, {200, 60}, {79, 23}, {20, 5}, {1, 1}, {60, 16}};
    const int *size = common[rand_below(&rng, sizeof common / sizeof *common)];
    bool any = rand_below(&rng, 3) == 0;
    canvas_resize(c, any ? 1 + (int)rand_below(&rng, 240) : size[0],
                  any ? 1 + (int)rand_below(&rng, 80) : size[1]);
    tui_draw(t, c);
    drive_check_whole(c, "picture");
}

static struct tui *start(void)
{
    nls_init(rand_below(&rng, 2) ? "en" : "zh_CN");
    return drive_start((enum tier)rand_below(&rng, TIERS));
}

static void keys_at_random(void **state)
{
    (void)state;
    int64_t keys = from_environment("MONKEY_KEYS", KEYS);
    uint64_t seed = (uint64_t)from_environment("MONKEY_SEED", 20261121);
    print_message("%lld keys, seed %llu\n", (long long)keys, (unsigned long long)seed);
    rand_seed(&rng, seed);
    struct canvas c;
    canvas_init(&c, 80, 24, TIER_UTF8);
    struct tui *t = start();
    for (int64_t i = 0, life = 0; i < keys; i++, life++) {
        if (tui_done(t) || life > LIFE) {
            tui_free(t);
            t = start();
            life = 0;
        }
        uint32_t key = next_key();
        last[typed++ % LAST] = key;
        tui_key(t, key);
        tui_tick(t);
        if (rand_below(&rng, 4)) /* else the next key comes in the middle of a job */
            drive_settle(t);
        check_picture(t, &c);
    }
    drive_settle(t);
    tui_free(t);
    canvas_done(&c);
}

static int make_store(void **state)
{
    drive_make_store(state);
    tell_when_it_breaks();
    return chdir(drive_folder()); /* where exports with odd names go */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_at_random)};
    int failed = cmocka_run_group_tests(tests, make_store, drive_drop_store);
    if (failed)
        tell();
    return failed;
}
