/* uncleared.h - arrays on the stack that hot functions fill themselves.
 *
 * Hardened builds clear every variable first (-ftrivial-auto-var-init=zero). For an array of which a call uses
 * a few entries that costs more than the work: mark it UNCLEARED, and write entries before reading them. */
#ifndef WM_UNCLEARED_H
#define WM_UNCLEARED_H

#ifdef __has_attribute
#if __has_attribute(uninitialized)
#define UNCLEARED __attribute__((uninitialized))
#endif
#endif
#ifndef UNCLEARED
#define UNCLEARED
#endif

#endif
