# Unit tests: one cmocka program per module; scripts after them.
if HAVE_CMOCKA
include tests/unit/base.mk
include tests/unit/expr.mk
include tests/unit/store.mk
include tests/unit/model.mk
include tests/unit/import.mk
include tests/unit/analysis.mk
include tests/unit/audience.mk
include tests/unit/render.mk
include tests/unit/sample.mk
include tests/unit/app.mk
include tests/unit/cli.mk
include tests/unit/tui.mk
endif

TESTS += $(check_PROGRAMS) $(check_SCRIPTS_RUN)
check_SCRIPTS_RUN = tests/check-floors.sh tests/check-floors-catch.sh tests/tmux/walk.sh tests/readme.sh
include tests/cli/local.mk
include tests/faults/local.mk
include tests/fuzz/local.mk
include tests/pty/local.mk
EXTRA_DIST += $(check_SCRIPTS_RUN)
TESTS_ENVIRONMENT = top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' LC_ALL=C.UTF-8 TZ=UTC
export TESTS_ENVIRONMENT
