noinst_LIBRARIES += src/libimport.a
src_libimport_a_SOURCES = \
	src/import/compose.c src/import/compose.h \
	src/import/csv_source.c src/import/csv_source.h \
	src/import/decode.c src/import/decode.h \
	src/import/event_name.c src/import/event_name.h \
	src/import/files.c src/import/files.h \
	src/import/history.c src/import/history.h \
	src/import/huge.h \
	src/import/input.c src/import/input.h \
	src/import/json_sheet.c src/import/json_sheet.h \
	src/import/json_slow.c \
	src/import/json_source.c src/import/json_source.h src/import/json_source_p.h \
	src/import/known.c src/import/known.h \
	src/import/late.c src/import/late.h \
	src/import/links_load.c \
	src/import/load.c src/import/load.h \
	src/import/mapping.c src/import/mapping.h \
	src/import/mapping_event.c \
	src/import/mapping_file.c src/import/mapping_look.h \
	src/import/mapping_json.c \
	src/import/mapping_put.c \
	src/import/mapping_text.c src/import/mapping_text.h \
	src/import/names.c \
	src/import/plan.c src/import/plan.h \
	src/import/read_stage.c \
	src/import/rejects.c src/import/rejects.h \
	src/import/relay.c src/import/relay.h \
	src/import/repairs.c src/import/repairs.h \
	src/import/roles.c src/import/roles.h \
	src/import/row.c src/import/row.h src/import/row_p.h \
	src/import/row_json.c \
	src/import/run_file.c src/import/run_file.h \
	src/import/runs.c src/import/runs.h \
	src/import/sheet.c src/import/sheet.h \
	src/import/source.c src/import/source.h \
	src/import/stage.h \
	src/import/types.c src/import/types.h \
	src/import/vocab.c src/import/vocab.h \
	src/import/widen_stage.c \
	src/import/watch.c src/import/watch.h \
	src/import/window.c src/import/window.h \
	src/import/write_stage.c \
	$(NULL)
