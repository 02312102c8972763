# unit tests of src/render
render_ldadd = $(LIBS_RENDER) $(EXTERN_LIBS) $(CMOCKA_LIBS)
render_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) -I$(top_srcdir)/tests/unit
render_sample = tests/unit/render_sample.c tests/unit/render_sample.h

check_PROGRAMS += tests/unit/chart_test
tests_unit_chart_test_SOURCES = tests/unit/chart_test.c $(render_sample)
tests_unit_chart_test_LDADD = $(render_ldadd)
tests_unit_chart_test_CPPFLAGS = $(render_cppflags)

check_PROGRAMS += tests/unit/writer_test
tests_unit_writer_test_SOURCES = tests/unit/writer_test.c $(render_sample)
tests_unit_writer_test_LDADD = $(render_ldadd)
tests_unit_writer_test_CPPFLAGS = $(render_cppflags) $(JANSSON_CFLAGS)

check_PROGRAMS += tests/unit/sankey_test
tests_unit_sankey_test_SOURCES = tests/unit/sankey_test.c tests/unit/flow_sample.c tests/unit/flow_sample.h $(render_sample)
tests_unit_sankey_test_LDADD = $(render_ldadd)
tests_unit_sankey_test_CPPFLAGS = $(render_cppflags)

check_PROGRAMS += tests/unit/sankey_chart_test
tests_unit_sankey_chart_test_SOURCES = tests/unit/sankey_chart_test.c tests/unit/flow_sample.c tests/unit/flow_sample.h $(render_sample)
tests_unit_sankey_chart_test_LDADD = $(render_ldadd)
tests_unit_sankey_chart_test_CPPFLAGS = $(render_cppflags)

check_PROGRAMS += tests/unit/page_test
tests_unit_page_test_SOURCES = tests/unit/page_test.c $(render_sample)
tests_unit_page_test_LDADD = $(render_ldadd)
tests_unit_page_test_CPPFLAGS = $(render_cppflags)

check_PROGRAMS += tests/unit/canvas_test
tests_unit_canvas_test_SOURCES = tests/unit/canvas_test.c
tests_unit_canvas_test_LDADD = $(render_ldadd)
tests_unit_canvas_test_CPPFLAGS = $(render_cppflags)

# Pictures that tests compare with: tests/screen/*.ref
EXTRA_DIST += tests/screen
