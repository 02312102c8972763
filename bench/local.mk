# `make bench`: waymark and its peers side by side; never part of `make check`.
EXTRA_PROGRAMS += bench/measure bench/inside
bench_measure_SOURCES = bench/measure.c
bench_inside_SOURCES = bench/inside.c
bench_inside_LDADD = $(LIBS_APP) $(EXTERN_LIBS)
CLEANFILES += bench/measure$(EXEEXT) bench/inside$(EXEEXT)
EXTRA_DIST += bench/bench.sh bench/bench.mjs bench/report.mjs bench/waymark.mjs bench/duckdb.mjs bench/clickhouse.mjs

bench: waymark$(EXEEXT) bench/measure$(EXEEXT) bench/inside$(EXEEXT)
	WAYMARK=./waymark$(EXEEXT) MEASURE=./bench/measure$(EXEEXT) INSIDE=./bench/inside$(EXEEXT) $(SHELL) $(srcdir)/bench/bench.sh
.PHONY: bench
