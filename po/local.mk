# Messages.  The catalogue is used from the build tree with WAYMARK_LOCALEDIR=<build>/po.
EXTRA_DIST += po/zh_CN.po
zhdir = $(localedir)/zh_CN/LC_MESSAGES
nodist_zh_DATA = po/zh_CN/LC_MESSAGES/waymark.mo
CLEANFILES += $(nodist_zh_DATA) po/waymark.pot

po/zh_CN/LC_MESSAGES/waymark.mo: po/zh_CN.po
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)if test -n "$(MSGFMT)"; then $(MSGFMT) -c -o $@ $(srcdir)/po/zh_CN.po; \
	else echo 'msgfmt is missing: messages stay English'; : >$@; fi

# Every string of the sources.
po/waymark.pot: FORCE
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)cd $(srcdir) && find src -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort | \
	$(XGETTEXT) -f - -o - --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --add-location=file \
	--package-name=$(PACKAGE) --msgid-bugs-address= >$(abs_builddir)/$@

# Brings new and changed strings into the catalogue; the translator does the rest.
update-po: po/waymark.pot
	$(MSGMERGE) --quiet --update --backup=none --no-fuzzy-matching --add-location=file $(srcdir)/po/zh_CN.po $<
FORCE:
.PHONY: FORCE update-po
