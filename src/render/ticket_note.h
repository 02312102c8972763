/* ticket_note.h - an extract of a customer's sequence as text, ready to be pasted into a ticket. */
#ifndef WM_TICKET_NOTE_H
#define WM_TICKET_NOTE_H

#include "base/buf.h"
#include "model/result.h"

/* Rows [from, to) of a sequence (analysis `user`) in the current language: the period, the failures with what
 * they mean and what to tell the customer, then every event. Plain lines; nothing from data can move a
 * cursor. */
void ticket_note_put(const struct result *r, size_t from, size_t to, struct buf *out);

#endif
