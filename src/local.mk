# Libraries, lowest floor last at link time.
include src/base/local.mk
include src/expr/local.mk
include src/store/local.mk
include src/model/local.mk
include src/import/local.mk
include src/analysis/local.mk
include src/render/local.mk
include src/sample/local.mk
include src/app/local.mk
include src/cli/local.mk
include src/tui/local.mk

EXTRA_DIST += src/FLOORS

LIBS_BASE = src/libbase.a
LIBS_EXPR = src/libexpr.a $(LIBS_BASE)
LIBS_STORE = src/libstore.a $(LIBS_BASE)
LIBS_MODEL = src/libmodel.a src/libexpr.a $(LIBS_STORE)
LIBS_IMPORT = src/libimport.a $(LIBS_MODEL)
LIBS_ANALYSIS = src/libanalysis.a $(LIBS_MODEL)
LIBS_RENDER = src/librender.a $(LIBS_MODEL)
LIBS_SAMPLE = src/libsample.a $(LIBS_BASE)
LIBS_APP = src/libapp.a src/libimport.a src/libanalysis.a src/librender.a src/libsample.a $(LIBS_MODEL)
EXTERN_LIBS = $(LMDB_LIBS) $(PCRE2_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS) $(CSV_LIBS) $(ROARING_LIBS)

bin_PROGRAMS += waymark
waymark_SOURCES = src/main.c
waymark_LDADD = src/libcli.a src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS)
