dist_doc_DATA += doc/ARCHITECTURE.md doc/FORMAT.md doc/FUNNEL.md doc/HACKING.md doc/LANGUAGE.md doc/MAPPING.md doc/PATHS.md doc/SEQUENCE.md doc/TERMINALS.md doc/TESTING.md

# The page is what the command tables say; tests/cli/manual.sh compares.
dist_man_MANS += doc/waymark.1
refresh-manual: waymark$(EXEEXT)
	./waymark help --man --lang en >$(srcdir)/doc/waymark.1
.PHONY: refresh-manual
