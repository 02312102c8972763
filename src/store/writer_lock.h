/* writer_lock.h - one import at a time: a lock on the store's file `writer`, with the holder's process number
 * inside. */
#ifndef WM_WRITER_LOCK_H
#define WM_WRITER_LOCK_H

#include "base/err.h"

/* Descriptor that holds the lock until closed, or -1. *busy: because a process has it, which err names. Never
 * waits. */
int writer_lock(const char *dir, bool *busy, struct err *err);
void writer_unlock(int fd);

#endif
