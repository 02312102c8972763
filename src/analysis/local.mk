noinst_LIBRARIES += src/libanalysis.a
src_libanalysis_a_SOURCES = \
	$(NULL)
