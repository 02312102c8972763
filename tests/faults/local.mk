# What no program can prevent: memory that is gone, disks that fail, power cuts, kill -9; and readers beside a writer.
# `make check` takes a few by chance; check-faults, check-powercut, check-kill and check-readers take them all.
fault_libs = $(LIBS_STORE) $(EXTERN_LIBS)
fault_rig = tests/faults/rig.c tests/faults/rig.h
fault_programs = tests/faults/sites tests/faults/powercut tests/faults/kill tests/faults/readers
check_PROGRAMS += $(fault_programs)
tests_faults_sites_SOURCES = tests/faults/sites.c tests/faults/shim.h $(fault_rig)
tests_faults_sites_LDADD = $(fault_libs)
tests_faults_powercut_SOURCES = tests/faults/powercut.c tests/faults/tape.h $(fault_rig)
tests_faults_powercut_LDADD = $(fault_libs)
tests_faults_kill_SOURCES = tests/faults/kill.c $(fault_rig)
tests_faults_kill_LDADD = $(fault_libs)
tests_faults_readers_SOURCES = tests/faults/readers.c $(fault_rig)
tests_faults_readers_LDADD = $(fault_libs)

# Preloaded into waymark: never with the flags of a sanitizer, which has an allocator of its own.
fault_shims = tests/faults/shim.so tests/faults/tape.so
check_DATA = $(fault_shims)
fault_shim = $(CC) -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -shared -fPIC
tests/faults/shim.so: tests/faults/shim.c tests/faults/shim.h
	@$(MKDIR_P) tests/faults
	$(AM_V_CCLD)$(fault_shim) -o $@ $(srcdir)/tests/faults/shim.c -ldl
tests/faults/tape.so: tests/faults/tape.c tests/faults/tape.h
	@$(MKDIR_P) tests/faults
	$(AM_V_CCLD)$(fault_shim) $(LMDB_CFLAGS) -o $@ $(srcdir)/tests/faults/tape.c -ldl
CLEANFILES += $(fault_shims)
EXTRA_DIST += tests/faults/shim.c tests/faults/tape.c tests/faults/README

check-faults check-powercut check-kill check-readers: all $(fault_programs) $(fault_shims)
check-faults:
	$(TESTS_ENVIRONMENT) tests/faults/sites --all
check-powercut:
	$(TESTS_ENVIRONMENT) tests/faults/powercut --all
check-kill:
	$(TESTS_ENVIRONMENT) tests/faults/kill --all
check-readers:
	$(TESTS_ENVIRONMENT) tests/faults/readers --all
.PHONY: check-faults check-powercut check-kill check-readers
