noinst_LIBRARIES += src/libimport.a
src_libimport_a_SOURCES = \
	src/import/csv_source.c src/import/csv_source.h \
	src/import/huge.h \
	src/import/load.c src/import/load.h \
	src/import/mapping.c src/import/mapping.h \
	src/import/mapping_file.c src/import/mapping_look.h \
	src/import/names.c \
	src/import/read_stage.c \
	src/import/rejects.c src/import/rejects.h \
	src/import/relay.c src/import/relay.h \
	src/import/roles.c src/import/roles.h \
	src/import/row.c src/import/row.h \
	src/import/run_file.c src/import/run_file.h \
	src/import/runs.c src/import/runs.h \
	src/import/sheet.c src/import/sheet.h \
	src/import/source.c src/import/source.h \
	src/import/stage.h \
	src/import/types.c src/import/types.h \
	src/import/vocab.c src/import/vocab.h \
	src/import/window.c src/import/window.h \
	src/import/write_stage.c \
	$(NULL)
