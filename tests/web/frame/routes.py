"""Every route and the right that it needs, written out a second time: that a route comes, or needs another right than
before, is a decision, and this is where it is made. Several rights: any of them will do."""

from __future__ import annotations

ROUTES = {
    "public": """
        provider.start provider.back provider.out watching.ready watching.metrics second.ask
        second.by_passkey second.options
        account.calendar_feed account.forgotten account.here account.reset agents.ask demo.accounts demo.become
        demo.mail_file demo.mail_html demo.mails demo.one_mail demo.styleguide inbound.hand_in invitation.accept
        ownaddress.confirm public.applied public.apply public.choose public.enter public.health_check public.help_page
        public.postal_code public.resend public.send public.start register.certificate register.systems
        register.systems_csv register.systems_json security.login security.logout security.static security.verify static
    """,
    "ACCOUNT": """
        signins.own
        second.first second.new_passkey second.keep_passkey second.one_passkey second.code second.keep_code
        second.remove_code second.renew_recovery
        account.account account.end_sessions account.password account.prove account.profile account.renew_feed
        home.first_visit home.signed_in_again home.tasks worklist.columns worklist.views
    """,
    "SEE_CASES": """
        case_files.attachment case_files.document case_files.everything case_files.mail case_files.mail_body
        case_files.released cases.diagram cases.diagram_state cases.index cases.show tasks.done tasks.of_case tasks.show
        viewer.show
    """,
    "ANSWER": """
        afterwards.take_back drafts.save tasks.answer tasks.check tasks.pin tasks.reveal tasks.send uploads.create
        uploads.delete uploads.head uploads.options uploads.overridden uploads.patch uploads.take viewer.keep
    """,
    "WORK": """
        absences.add absences.end absences.show afterwards.reopen case_actions.address case_actions.remind
        case_files.make_case_file corrections.answer tasks.cards tasks.take worklist.assign worklist.claim
        worklist.confirm worklist.release worklist.remind
    """,
    "SEE_DESKS": """
        attention.show bank.show calendar.show cards.batch cards.life cards.news cards.show case_files.case_file
        corrections.waiting ledger.download ledger.show payments.export payments.show post.show undoing.beyond
    """,
    "ACT_ON_CASES": """
        corrections.succeed corrections.ask_succession
        case_actions.end case_actions.ending case_actions.say
        colleagues.invite colleagues.remove colleagues.take_back
    """,
    "MEND_TROUBLE": """
        attention.act attention.retry case_actions.retry
    """,
    "END_CASES": """
        case_actions.stop case_actions.stopping
    """,
    "DAYS": """
        afterwards.answer afterwards.arrange afterwards.move_day afterwards.moving calendar.close calendar.reopen
    """,
    "MONEY": """
        bank.confirm_lines bank.paid bank.settle bank.split bankfiles.columns bankfiles.take_back bankfiles.upload
        payments.confirm undoing.decide undoing.undo undoing.undo_now
    """,
    "POST": """
        key_letters.posted post.letters post.send
    """,
    "CARD_DESKS": """
        cards.add_desk cards.revoke_desk
    """,
    "CARDS": """
        card_labels.labels cards.back cards.make cards.mark cards.remind cards.retry cards.wipe
    """,
    "SEE_CARD_KEYS": """
        card_keys.show key_letters.show
    """,
    "CARD_KEYS": """
        card_keys.abandon card_keys.contribute key_letters.anew key_letters.keepers key_letters.open_letter
    """,
    "COMPANY": """
        afterwards.ask afterwards.change company.index company_agents.resign 
        ownaddress.ask
    """,
    "SEE_PORTAL": """
        alarm_rules.show overview.show
    """,
    "PORTAL": """
        alarm_rules.change
    """,
    "COMPANY RECORDS": """
        corrections.show corrections.ask corrections.take_back
    """,
    "SEE_FIGURES": """
        figures.show figures.export figures.heat figures.source
    """,
    "KEEPING": """
        keeping.days keeping.run keeping.hold archives.make
    """,
    "SEE_SETTINGS": """
        settings.show settings.group_page settings.edit settings_proposals.one
    """,
    "SETTINGS": """
        settings.save
    """,
    "SETTINGS APPROVE_SETTINGS": """
        settings.stop
    """,
    "PROPOSE_SETTINGS SETTINGS": """
        settings_proposals.form settings_proposals.propose settings_proposals.take_back
    """,
    "APPROVE_SETTINGS": """
        settings_proposals.approve settings_proposals.refuse
    """,
    "SEE_MAILROOM": """
        inbound.listed undelivered.listed
    """,
    "SEE_MAILROOM COMPANY": """
        inbound.attachment inbound.show
    """,
    "MAILROOM COMPANY": """
        inbound.discard inbound.put_back inbound.take
    """,
    "MAILROOM": """
        inbound.accept inbound.acknowledge inbound.assign inbound.restore inbound_form.check inbound_form.form
        inbound_form.send undelivered.form undelivered.seen undelivered.send undelivered.settle
    """,
    "SEE_COMPANIES COMPANY": """
        company.person company.show company_agents.show
    """,
    "COMPANIES COMPANY": """
        company.change company.claim company.hand_over company.invite company.invite_again company.leave
        company.take_back company_agents.change company_agents.end company_agents.give company_agents.new
        corporate_numbers.give
    """,
    "SEE_COMPANIES": """
        corporate_numbers.index
    """,
    "COMPANIES": """
        corporate_numbers.decide corporate_numbers.prove corporate_numbers.revoke
    """,
    "SEE_TRAIL": """
        archives.part archives.show archives.whole audit.case_evidence audit.export audit.show keeping.show
        signins.index
    """,
    "EXPORT": """
        exports.show exports.one exports.take
    """,
    "PEOPLE": """
        signins.end signins.lift
    """,
    "SEE_DESIGN": """
        designer.start designer.workspace designer_api.files designer_api.listed designer_api.newer designer_api.one
        designer_api.panel designer_api.read designer_api.version designer_api.versions designer_comparing.compare
        designer_comparing.file designer_diagrams.canvas designer_drafts.about designer_drafts.export
        designer_drafts.export_release designer_drafts.newer designer_leading.at designer_moves.beside
        designer_moves.drawn designer_moves.plan designer_moves.show designer_previews.known designer_problems.problems
        designer_releasing.history designer_releasing.release designer_scenarios.show
    """,
    "DESIGN": """
        designer.make designer_api.change designer_api.hand_over designer_api.make designer_api.remove
        designer_api.restore designer_api.save designer_api.seen designer_api.take_in designer_diagrams.imports
        designer_diagrams.renames designer_drafts.change designer_drafts.new designer_drafts.take
        designer_drafts.take_in designer_previews.cases designer_previews.document designer_previews.form
        designer_previews.mail designer_previews.mail_page designer_problems.mend designer_releasing.restore
        designer_releasing.stop designer_scenarios.accept designer_scenarios.run designer_tables.change plays.end
        plays.show plays.start plays.within plays_api.keep plays_api.move plays_api.state
    """,
    "MOVE_CASES": """
        designer_moves.ask designer_moves.words_alone
    """,
    "MOVE_CASES APPROVE_MOVES": """
        designer_moves.change
    """,
    "DESIGN APPROVE_DESIGN": """
        designer_releasing.act
    """,
    "MEND_CASES": """
        mending.mend mending.show mending.undo
    """,
    "SEE_RECORDS": """
        admin.index admin.static
    """,
}
# The records of administration: a table's pages by what they do.
RECORDS = {
    "index_view": "SEE_RECORDS",
    "details_view": "SEE_RECORDS",
    "ajax_lookup": "SEE_RECORDS",
    "export": "EXPORT",
    "keep_view": "ACCOUNT",
    "drop_view": "ACCOUNT",
}
OTHERS = "RECORDS"


def right_of(endpoint: str) -> str:
    """The names of the rights that an endpoint needs, as the table has them; empty when it is not named."""
    blueprint, _, name = endpoint.partition(".")
    if blueprint.startswith("records_"):
        return RECORDS.get(name, OTHERS)
    return next((rights for rights, names in ROUTES.items() if endpoint in names.split()), "")
