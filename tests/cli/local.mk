# Scripts that drive the program as a user does.
cli_scripts = tests/cli/usage.sh tests/cli/manual.sh tests/cli/newcomer.sh tests/cli/answers.sh tests/cli/hostile.sh tests/cli/examples.sh \
	tests/cli/intake.sh tests/cli/segments.sh tests/cli/crash.sh tests/cli/damage.sh tests/cli/streams.sh tests/cli/translation.sh tests/cli/show.sh tests/cli/clickhouse.sh tests/cli/funnel.sh tests/cli/mask.sh
check_SCRIPTS_RUN += $(cli_scripts)
EXTRA_DIST += tests/cli/lib.sh
