# `make bench`: waymark and its peers side by side; never part of `make check`.
EXTRA_PROGRAMS += bench/measure
bench_measure_SOURCES = bench/measure.c
CLEANFILES += bench/measure$(EXEEXT)
EXTRA_DIST += bench/bench.sh bench/bench.mjs bench/report.mjs bench/waymark.mjs bench/duckdb.mjs bench/clickhouse.mjs

bench: waymark$(EXEEXT) bench/measure$(EXEEXT)
	WAYMARK=./waymark$(EXEEXT) MEASURE=./bench/measure$(EXEEXT) $(SHELL) $(srcdir)/bench/bench.sh
.PHONY: bench
