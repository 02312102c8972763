noinst_LIBRARIES += src/libexpr.a
src_libexpr_a_SOURCES = \
	$(NULL)
