/* load_worker.h - the process that loads files on behalf of an explorer, or of one that is gone. */
#ifndef WM_LOAD_WORKER_H
#define WM_LOAD_WORKER_H

/* Works at a note of the store (load_note.h) until it has ended; then, when nobody shows it any more, at those that
 * wait. ready >= 0: '1' is sent on this socket when the note is claimed, '0' when it cannot be; then it is closed. */
void load_worker_run(const char *store, unsigned note, int ready);

#endif
