noinst_LIBRARIES += src/libanalysis.a
src_libanalysis_a_SOURCES = \
	src/analysis/amount.h \
	src/analysis/analysis.h \
	src/analysis/around.c src/analysis/around.h \
	src/analysis/ask.c src/analysis/ask.h \
	src/analysis/attr.c src/analysis/attr.h \
	src/analysis/attr_list.c src/analysis/attr_list.h \
	src/analysis/audience.c src/analysis/audience.h \
	src/analysis/beats.c src/analysis/beats.h \
	src/analysis/behaviour.c src/analysis/behaviour.h \
	src/analysis/breakdown.c src/analysis/breakdown.h \
	src/analysis/chain.c src/analysis/chain.h \
	src/analysis/crowd.c src/analysis/crowd.h \
	src/analysis/cursor.c src/analysis/cursor.h src/analysis/cursor_p.h \
	src/analysis/dialect.c src/analysis/dialect_clickhouse.c src/analysis/dialect_posthog.c src/analysis/dialect.h \
	src/analysis/early.c \
	src/analysis/event_reader.c src/analysis/event_reader.h \
	src/analysis/events.c src/analysis/events_p.h src/analysis/events_rows.c \
	src/analysis/failing.c src/analysis/failing.h \
	src/analysis/find.c \
	src/analysis/funnel.c src/analysis/funnel_count.c src/analysis/funnel_explain.c src/analysis/funnel_next.c \
	src/analysis/funnel_plan.c src/analysis/funnel_result.c src/analysis/funnel_rule.c src/analysis/funnel_tally.c \
	src/analysis/funnel_trend.c src/analysis/funnel_who.c src/analysis/funnel_p.h \
	src/analysis/join.c src/analysis/join.h \
	src/analysis/local.c src/analysis/local.h \
	src/analysis/lone.c \
	src/analysis/mark.c src/analysis/mark.h \
	src/analysis/match.c src/analysis/match_free.c src/analysis/match_trace.c \
	src/analysis/match.h src/analysis/match_p.h \
	src/analysis/merged.c src/analysis/merged.h \
	src/analysis/pairs.c src/analysis/pairs.h \
	src/analysis/middle.c src/analysis/middle.h \
	src/analysis/partial.c src/analysis/partial.h \
	src/analysis/paths.c src/analysis/paths_p.h src/analysis/paths_flow.c \
	src/analysis/paths_plain.c src/analysis/paths_list.c src/analysis/paths_list_p.h src/analysis/paths_list_rows.c src/analysis/paths_node.c src/analysis/paths_rule.c \
	src/analysis/pick.c src/analysis/pick.h \
	src/analysis/profile.c \
	src/analysis/quantile.c src/analysis/quantile.h \
	src/analysis/ranked.c src/analysis/ranked.h \
	src/analysis/rule.c src/analysis/rule.h \
	src/analysis/run.c src/analysis/run.h \
	src/analysis/same_failure.c src/analysis/same_failure_p.h src/analysis/same_failure_rows.c \
	src/analysis/scan.c src/analysis/scan.h \
	src/analysis/select.c src/analysis/select.h \
	src/analysis/session.c src/analysis/session.h \
	src/analysis/tag.c \
	src/analysis/tagging.c src/analysis/tagging.h \
	src/analysis/tally.c src/analysis/tally.h \
	src/analysis/trait.c src/analysis/trait.h \
	src/analysis/trail.c src/analysis/trail.h \
	src/analysis/transitions.c src/analysis/transitions_p.h src/analysis/transitions_count.c \
	src/analysis/transitions_median.c src/analysis/transitions_rows.c \
	src/analysis/user_tags.c src/analysis/user_tags.h \
	src/analysis/user_sequence.c \
	src/analysis/value_test.c src/analysis/value_test.h \
	src/analysis/who.c src/analysis/who.h \
	src/analysis/wilson.c src/analysis/wilson.h \
	$(NULL)
