noinst_LIBRARIES += src/libsample.a
src_libsample_a_SOURCES = \
	src/sample/bank.c src/sample/bank.h \
	src/sample/bank_customer.c src/sample/bank_customer.h \
	src/sample/bank_day.c src/sample/bank_day.h \
	src/sample/bank_draw.c src/sample/bank_draw.h \
	src/sample/bank_event.c src/sample/bank_event.h src/sample/bank_event.def \
	src/sample/bank_file.c src/sample/bank_file.h \
	src/sample/bank_flow.c src/sample/bank_flow.h src/sample/bank_flow.def \
	src/sample/bank_plan.c src/sample/bank_plan.h \
	src/sample/bank_rows.c src/sample/bank_rows.h \
	src/sample/bank_walk.c src/sample/bank_walk.h \
	$(NULL)
