/* load_note.h - imports that outlive the explorer: for each a small file in the store's folder `loading`, which says what is asked,
 * how far it is and how it ended.
 *
 * The notes lie in the store, beside the rejected rows, since they quote them: nothing of the data gets elsewhere. Who shows an
 * import and who works at it hold a lock each; both vanish with their process, however it ends. A note is written by the one who
 * works at it, and by the one who shows it before; wishes go the other way, in a file of their own. Files are replaced as a whole,
 * so nobody ever reads half of one. */
#ifndef WM_LOAD_NOTE_H
#define WM_LOAD_NOTE_H

#include "base/board.h"
#include "model/query.h"

enum load_state {
    LOADER_WAITING,
    LOADER_ASKING, /* whether its columns are right: it waits for an answer */
    LOADER_RUNNING,
    LOADER_DONE,
    LOADER_FAILED,
    LOADER_CANCELLED,
    LOADER_CUT /* never in a note: it waits or runs there, but nobody works at it any more */
};

struct load_outcome {
    uint64_t rows, rejected, duplicates;
    char *report; /* as the command prints it; NULL: there is none */
};
struct load_note {
    struct query query;
    char *folder; /* relative names begin here */
    enum load_state state;
    int64_t begun_us, ended_us; /* wall clock; 0: not yet */
    int64_t process; /* that works or worked at it; 0: none did */
    uint64_t done, total, rows, rejected;
    int stage;
    char *mapping; /* NULL: not known yet */
    struct load_outcome outcome;
    struct err err; /* when failed or cancelled */
};
/* What the one who shows it wants. */
struct load_wish {
    bool cancel, pause;
    enum load_answer { LOAD_UNANSWERED, LOAD_GO, LOAD_LEAVE } answer;
};
enum load_claim { CLAIM_SHOW, CLAIM_WORK };

void load_note_done(struct load_note *n);
bool load_note_over(const struct load_note *n); /* done, failed or cancelled */

struct loading; /* the folder */
/* Made when missing. NULL: it cannot be, as in a store that may only be read. */
struct loading *loading_open(const char *store, struct err *err);
void loading_close(struct loading *l); /* gives its claims back; NULL is fine */
/* A new note, claimed for showing, and on the disk; its number, 0 with err. */
unsigned loading_add(struct loading *l, const struct load_note *n, struct err *err);
/* lasting: it is waited for until it is on the disk. */
bool loading_write(struct loading *l, unsigned id, const struct load_note *n, struct board *board,
                   bool lasting, struct err *err);
/* False: there is none, or it makes no sense. A board that is given is brought up to date. */
bool loading_read(const struct loading *l, unsigned id, struct load_note *out, struct board *board);
void loading_remove(struct loading *l, unsigned id);
/* The smallest number above `after`; 0: none. */
unsigned loading_next(const struct loading *l, unsigned after);

bool loading_claim(struct loading *l, unsigned id, enum load_claim c); /* false: another has it */
void loading_release(struct loading *l, unsigned id, enum load_claim c);
bool loading_is_claimed(const struct loading *l, unsigned id, enum load_claim c); /* by another than l */

bool loading_put_wish(struct loading *l, unsigned id, const struct load_wish *w);
void loading_get_wish(const struct loading *l, unsigned id, struct load_wish *out);

#endif
