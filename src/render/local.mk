noinst_LIBRARIES += src/librender.a
src_librender_a_SOURCES = \
	src/render/canvas.h \
	src/render/chart.h \
	src/render/writer.h \
	$(NULL)
