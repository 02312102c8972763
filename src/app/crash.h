/* crash.h - when the program breaks: the terminal is put right, one message is written, nothing is left lying
 * about. */
#ifndef WM_CRASH_H
#define WM_CRASH_H

/* Call first in main: files made from here on are the user's alone, no memory image is ever written
 * (customers' data), and SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT end the program with status 3 and a
 * message. rescue gives the bytes that put the terminal right, NULL when it need not be; it is called in the
 * signal handler. Builds with a sanitizer keep the sanitizer's own report. */
void crash_contain(const char *(*rescue)(void));

#endif
