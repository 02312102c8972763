noinst_LIBRARIES += src/libmodel.a
src_libmodel_a_SOURCES = \
	$(NULL)
