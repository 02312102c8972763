/* mask_text.h - what a personal value looks like when it is masked. */
#ifndef WM_MASK_TEXT_H
#define WM_MASK_TEXT_H

#include "base/buf.h"

enum mask_kind {
    MASK_NOTHING,
    MASK_ID,      /* C****3817: a letter in front and the end */
    MASK_NAME,    /* 张*, J. S. */
    MASK_PHONE,   /* 138****1234 */
    MASK_CARD,    /* 622202******1234 */
    MASK_ACCOUNT, /* ************1234 */
    MASK_PERSON,  /* of papers: 110***********3432 */
    MASK_MAIL,    /* a***@example.com */
    MASK_PLACE,   /* 上海市浦东新*** */
    MASK_DEVICE,  /* ****9f3c */
    MASK_ADDRESS, /* of the internet: 10.2.*.* */
    MASK_ALL,     /* *** */
};

/* By the name of an attribute or a property, in Latin letters of any case or in Chinese; MASK_NOTHING: not
 * known to be personal. */
enum mask_kind mask_kind_of(struct str name);
/* Appended. A value that is not of its kind's form shows nothing of itself. */
void mask_put(struct buf *out, enum mask_kind kind, struct str value);
/* The text with the numbers of telephones, papers and cards in it masked; false: there are none, and nothing
 * was appended. */
bool mask_put_inside(struct buf *out, struct str text);

#endif
