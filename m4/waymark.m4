dnl WM_REQUIRE_LIB(NAME, header, library, function, Debian package)
dnl Sets NAME_LIBS or stops with the package to install.
AC_DEFUN([WM_REQUIRE_LIB], [
  AC_CHECK_HEADER([$2], [], [AC_MSG_ERROR([$2 is missing; install $5])])
  AC_CHECK_LIB([$3], [$4], [$1_LIBS=-l$3], [AC_MSG_ERROR([-l$3 is missing; install $5])])
  AC_SUBST([$1_LIBS])
])

dnl WM_ADD_FLAGS(VARIABLE, flags)
dnl Adds each flag that the compiler and linker accept.
AC_DEFUN([WM_ADD_FLAGS], [
  for wm_flag in $2; do
    AC_MSG_CHECKING([whether $CC accepts $wm_flag])
    wm_saved=$CFLAGS
    CFLAGS="$CFLAGS -O2 -Wformat -Werror $wm_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[char b[8]; memset(b, 0, 8); return b[3];]])],
      [wm_ok=yes; $1="$$1 $wm_flag"], [wm_ok=no])
    CFLAGS=$wm_saved
    AC_MSG_RESULT([$wm_ok])
  done
])

dnl WM_COMPILER_FLAGS
dnl Warnings for everyone; hardening by default (left out where a sanitizer or gcov would fight it).
AC_DEFUN([WM_COMPILER_FLAGS], [
  WM_CFLAGS=
  WM_ADD_FLAGS([WM_CFLAGS], [-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror=format-security])
  AS_IF([test "x$enable_werror" = xyes], [WM_CFLAGS="$WM_CFLAGS -Werror"])
  AS_IF([test "x$enable_sanitizers" = xyes],
    [WM_CFLAGS="$WM_CFLAGS -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"],
    [test "x$enable_tsan" = xyes],
    [WM_CFLAGS="$WM_CFLAGS -g -O1 -fsanitize=thread"],
    [test "x$enable_coverage" = xyes],
    [WM_CFLAGS="$WM_CFLAGS -O0 -g --coverage"],
    [test "x$enable_hardening" = xyes], [
      WM_ADD_FLAGS([WM_CFLAGS], [-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE -ftrivial-auto-var-init=zero])
      WM_ADD_FLAGS([WM_LDFLAGS], [-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack])])
  AC_SUBST([WM_CFLAGS])
  AC_SUBST([WM_LDFLAGS])
])
