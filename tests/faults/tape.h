/* tape.h - what tape.so writes down: each change of the store's files, in the order they were made. */
#ifndef WM_TAPE_H
#define WM_TAPE_H

#include <stdint.h>

enum tape_kind {
    TAPE_WRITE = 1,  /* `bytes` follow, for offset `at` of the file */
    TAPE_SYNC_WRITE, /* the same through a descriptor opened with O_DSYNC or O_SYNC: safe when it returned */
    TAPE_SYNC,       /* all writes to the file so far are safe */
    TAPE_SIZE,       /* ftruncate to `at` */
    /* Written by the driver: sets of imports, one bit each. */
    TAPE_ACK,   /* acknowledged: `at` */
    TAPE_START, /* begun: `at` */
};

#define TAPE_NAME 24
struct tape_entry { /* then `bytes` bytes */
    uint32_t kind, bytes;
    uint64_t at;
    char file[TAPE_NAME]; /* its name in the store's folder */
};

#endif
