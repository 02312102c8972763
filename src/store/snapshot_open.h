/* snapshot_open.h - a snapshot from inside store/. */
#ifndef WM_SNAPSHOT_OPEN_H
#define WM_SNAPSHOT_OPEN_H

#include "store/catalog.h"
#include "store/snapshot.h"

struct snapshot {
    struct env *env;
    MDB_txn *txn;
    struct tree tree;
    struct catalog *catalog;
};

#endif
