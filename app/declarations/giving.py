"""Properties of papers, cards and money that belong to a step."""

from __future__ import annotations

from app.declarations.kinds import Kind
from app.declarations.property import USER, Group, Property
from app.errors import N_
from app.states import Side

GIVING: tuple[Property, ...] = (
    Property(
        "invoice",
        N_("Fee that is charged"),
        N_("the fee that is charged when the case comes to this step (each time it comes)"),
        Kind.FEE,
        Group.MONEY,
    ),
    Property(
        "confirms",
        N_("Payment that is confirmed"),
        N_(
            "the fee whose payment is confirmed here. The form asks for the amount, the day and the payer (keys "
            "`amount`, `paid_on`, `payer`); behind it, `payment` is `settled` or `short`"
        ),
        Kind.FEE,
        Group.MONEY,
        USER,
        needs=("amount", "paid_on", "payer"),
        routes="payment",
    ),
    Property(
        "pays",
        N_("Payment that is reported"),
        N_(
            "the fee of which the applicant says here that it was paid; the form asks for the day and the payer "
            "(keys `paid_on`, `payer`). Where staff find the payment at the bank first, the portal completes the "
            "task by that, and nobody is asked for it any more"
        ),
        Kind.FEE,
        Group.MONEY,
        USER,
        needs=("paid_on", "payer"),
    ),
    Property(
        "makes",
        N_("Documents that are made"),
        N_("documents (PDF) that are made when the case comes to this step, and shown on its page"),
        Kind.DOCUMENT,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "releases",
        N_("Downloads that open"),
        N_("files that the applicant can download from this step on"),
        Kind.DOWNLOADS,
        Group.PAPERS,
        many=True,
    ),
    Property(
        "cards",
        N_("Cards that are made"),
        N_("cards that must be made before this task is completed"),
        Kind.CARDS,
        Group.CARDS,
        USER,
    ),
    Property(
        "returns_cards",
        N_("Cards come back"),
        N_(
            "every card that the case has on loan comes back here. Of the applicant: the loans are due when this "
            "task is; the form asks which are sent (`serials`) and what became of the others (`lost_or_damaged`)."
            " Of the staff: it is not completed as returned (`cards_state`) while a card is out, or not checked "
            "and wiped; what is still out needs a note (`cards_note`)"
        ),
        Kind.FLAG,
        Group.CARDS,
        USER,
    ),
    Property(
        "sends",
        N_("Further mails"),
        N_("mails that are sent besides when the case comes to this step"),
        Kind.MAIL,
        Group.PAPERS,
        USER,
        many=True,
    ),
    Property(
        "reply_by_mail",
        N_("May be answered by mail"),
        N_("the applicant may answer by mail"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
    ),
    Property(
        "receipt",
        N_("Receipt of what was sent"),
        N_("the applicant gets a receipt by mail when this form has come in"),
        Kind.FLAG,
        Group.PAPERS,
        USER,
        side=Side.VENDOR,
        holds=True,
    ),
    Property(
        "agrees",
        N_("Papers that are agreed to"),
        N_(
            "papers to which a person agrees on the page instead of signing on paper, where the setting "
            "`agreement.online` says so. The read-only field `agreed_documents` of the form then holds them, and "
            "conditions of the form can ask for `online`"
        ),
        Kind.DOCUMENT,
        Group.PAPERS,
        USER,
        side=Side.VENDOR,
        many=True,
    ),
)
