noinst_LIBRARIES += src/libexpr.a
src_libexpr_a_SOURCES = \
	src/expr/call.c \
	src/expr/define.c \
	src/expr/expr.h src/expr/expr_p.h \
	src/expr/hint.c \
	src/expr/inquiry.c \
	src/expr/lex.c src/expr/lex.h \
	src/expr/lex_time.c src/expr/lex_time.h \
	src/expr/literal.c \
	src/expr/parse.c \
	src/expr/print.c \
	src/expr/regex.c src/expr/regex.h \
	src/expr/resolve.c \
	$(NULL)
