noinst_LIBRARIES += src/librender.a
src_librender_a_SOURCES = \
	src/render/around_chart.c \
	src/render/canvas.c src/render/canvas.h \
	src/render/chart.c src/render/chart.h src/render/charts.h \
	src/render/chains_chart.c \
	src/render/cross_chart.c \
	src/render/csv_writer.c \
	src/render/data.c src/render/data.h \
	src/render/failure_chart.c \
	src/render/funnel_chart.c \
	src/render/glyph.c src/render/glyph.h \
	src/render/json_writer.c \
	src/render/matrix_chart.c \
	src/render/page.c src/render/page.h src/render/page_p.h \
	src/render/page_html.c src/render/page_svg.c \
	src/render/profile_chart.c src/render/profile_chart.h \
	src/render/sankey_chart.c \
	src/render/sankey_fit.c src/render/sankey_fit.h \
	src/render/sankey_graph.c src/render/sankey_graph.h \
	src/render/sankey_layout.c src/render/sankey_layout.h \
	src/render/sankey_order.c src/render/sankey_ports.c \
	src/render/sankey_paint.c src/render/sankey_paint.h \
	src/render/sankey_route.c \
	src/render/sequence_chart.c \
	src/render/sequence_panel.c src/render/sequence_panel.h \
	src/render/series_chart.c \
	src/render/show.c src/render/show.h \
	src/render/table_chart.c src/render/table_chart.h \
	src/render/tags_chart.c \
	src/render/theme.c src/render/theme.h \
	src/render/ticket_note.c src/render/ticket_note.h \
	src/render/times_chart.c \
	src/render/tree_chart.c src/render/tree_chart.h \
	src/render/text_writer.c src/render/wrap.c src/render/wrap.h \
	src/render/writer.h src/render/writers.h \
	$(NULL)
