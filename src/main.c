/* main.c - locale, arguments, then the command line or the explorer. */
#include "config.h"

int main(void)
{
    return 2;
}
