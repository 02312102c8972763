noinst_LIBRARIES += src/libimport.a
src_libimport_a_SOURCES = \
	$(NULL)
