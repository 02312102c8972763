noinst_LIBRARIES += src/libstore.a
src_libstore_a_SOURCES = \
	src/store/backup.c \
	src/store/batch.c src/store/batch_live.c src/store/batch.h src/store/batch_open.h \
	src/store/block.c src/store/block.h \
	src/store/checksum.c src/store/checksum.h src/store/checksum_avx2.c src/store/checksum_avx2.h \
	src/store/catalog.c src/store/catalog.h \
	src/store/codemap.c src/store/codemap.h \
	src/store/column.c src/store/column.h src/store/column_layout.h \
	src/store/column_encode.c \
	src/store/compact.c src/store/compact.h \
	src/store/copies.c src/store/copies.h \
	src/store/copy.c src/store/copy.h \
	src/store/dict.c src/store/dict.h \
	src/store/dict_search.c \
	src/store/dict_write.c \
	src/store/digest.c src/store/digest.h \
	src/store/echo.c src/store/echo.h \
	src/store/env.c src/store/env_open.c src/store/env.h src/store/env_lmdb.h \
	src/store/forget.c \
	src/store/guard.c src/store/guard.h \
	src/store/journal.c src/store/journal.h \
	src/store/layers.c src/store/layers.h \
	src/store/links.c src/store/links.h \
	src/store/merge.c src/store/merge.h \
	src/store/pager.c src/store/pager.h \
	src/store/part_view.c src/store/part_view.h \
	src/store/part_writer.c \
	src/store/record.h \
	src/store/rewrite.c src/store/rewrite.h \
	src/store/rows.c src/store/rows.h \
	src/store/sink.c src/store/sink.h \
	src/store/snapshot.c src/store/snapshot.h src/store/snapshot_open.h \
	src/store/sweep.c \
	src/store/tree.c src/store/tree.h src/store/tree_page.h \
	src/store/tree_check.c \
	src/store/upkeep.h \
	src/store/verify.c src/store/verify.h \
	src/store/verify_walk.c src/store/verify_walk.h \
	src/store/writer_lock.c src/store/writer_lock.h \
	$(NULL)
