noinst_LIBRARIES += src/libmodel.a
src_libmodel_a_SOURCES = \
	src/model/analysis.def \
	src/model/catalogue.c src/model/catalogue.h \
	src/model/csv_text.c src/model/csv_text.h \
	src/model/customers.c src/model/customers.h \
	src/model/engine.h \
	src/model/failure.c src/model/failure.h \
	src/model/node_name.c src/model/node_name.h \
	src/model/query.c src/model/query.h src/model/query_p.h \
	src/model/query_line.c \
	src/model/reasons.c src/model/reasons.h \
	src/model/query_question.c \
	src/model/registry.c src/model/registry.h \
	src/model/result.c src/model/result.h \
	src/model/schema.c src/model/schema.h \
	src/model/segment.c src/model/segment.h \
	src/model/suggest.c src/model/suggest.h \
	src/model/userset.c src/model/userset.h \
	$(NULL)

# The bytes of a table in data/ as numbers for C; od and sed are on every host.
TABLE_BYTES = od -An -v -tx1 $< | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g' > $@.new && mv $@.new $@
src/model/tags.inc: $(top_srcdir)/data/tags.csv
	@$(MKDIR_P) src/model
	$(AM_V_GEN)$(TABLE_BYTES)
src/model/errors.inc: $(top_srcdir)/data/errors.csv
	@$(MKDIR_P) src/model
	$(AM_V_GEN)$(TABLE_BYTES)
src/model/catalogue.$(OBJEXT): src/model/tags.inc
src/model/reasons.$(OBJEXT): src/model/errors.inc
BUILT_SOURCES += src/model/tags.inc src/model/errors.inc
CLEANFILES += src/model/tags.inc src/model/errors.inc
