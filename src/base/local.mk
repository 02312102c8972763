noinst_LIBRARIES += src/libbase.a
src_libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/board.c src/base/board.h \
	src/base/buf.c src/base/buf.h \
	src/base/date.c src/base/date.h \
	src/base/duration.c \
	src/base/encode.c src/base/encode.h \
	src/base/err.c src/base/err.h \
	src/base/field.c src/base/field.h \
	src/base/intern.c src/base/intern.h \
	src/base/nls.c src/base/nls.h \
	src/base/num.c src/base/num.h \
	src/base/os.c src/base/os.h \
	src/base/pool.c src/base/pool.h \
	src/base/progress.c src/base/progress.h \
	src/base/rand.c src/base/rand.h \
	src/base/str.c src/base/str.h \
	src/base/time.c \
	src/base/uncleared.h src/base/utf8.c src/base/utf8.h src/base/utf8_table.h \
	src/base/vec.h \
	src/base/zone.c src/base/zone.h \
	src/base/zone_file.c src/base/zone_file.h \
	src/base/zone_rule.c src/base/zone_rule.h \
	$(NULL)
