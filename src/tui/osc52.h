/* osc52.h - the sequence that hands text to a terminal's clipboard. */
#ifndef WM_OSC52_H
#define WM_OSC52_H

#include "base/buf.h"

/* Appends ESC ] 52 ; c ; BASE64 BEL. The text cannot end the sequence: only letters, digits, + / and = are in it. */
void osc52_put(struct buf *out, struct str text);

#endif
