noinst_LIBRARIES += src/libmodel.a
src_libmodel_a_SOURCES = \
	src/model/analysis.def \
	src/model/engine.h \
	src/model/failure.c src/model/failure.h \
	src/model/query.c src/model/query.h \
	src/model/registry.c src/model/registry.h \
	src/model/result.c src/model/result.h \
	src/model/schema.c src/model/schema.h \
	$(NULL)
