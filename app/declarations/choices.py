"""How the values are called that stand in declarations as `choices`; what is Japanese already needs no other name."""

from __future__ import annotations

from app.errors import N_

# As which kind of notice the home of the vendor shows something.
NOTICES = ("お知らせ", "補正", "納付", "結果")
TITLES: dict[str, str] = {
    # property presentation
    "button": N_("Button on the page of the case"),
    "post": N_("Something sent on paper"),
    # sides
    "vendor": N_("The applicant"),
    "operator": N_("The deciding body"),
    "both": N_("Both sides"),
    # public states of a case
    "certified": N_("certified"),
    "withdrawn": N_("withdrawn"),
    "rejected": N_("rejected"),
    "closed": N_("closed"),
    # how a certificate stands
    "valid": N_("valid"),
    "suspended": N_("suspended"),
    "ended": N_("cancelled"),
    # formats and ready-made rules of a line of text, and what a browser fills in
    "corporate_number": N_("Corporate number (13 digits)"),
    "postal_code": N_("Postal code"),
    "phone": N_("Phone number"),
    "kana": N_("Kana"),
    "invoice_number": N_("Number of a qualified invoice issuer (T and 13 digits)"),
    "email": N_("Mail address"),
    "bank_account": N_("Account at a bank"),
    "bank_code": N_("Bank code (4 digits)"),
    "branch_code": N_("Branch code (3 digits)"),
    "account_number": N_("Account number (7 digits)"),
    "url": N_("Web address"),
    # kinds of settings
    "text": N_("Text"),
    "lines": N_("Text of several lines"),
    "choice": N_("One of a list"),
    "count": N_("How many"),
    "numbers": N_("Several numbers"),
    "days": N_("Days"),
    "business_days": N_("Business days"),
    "minutes": N_("Minutes"),
    "clock": N_("Time of day"),
    "weekdays": N_("Days of the week"),
    "addresses": N_("Email addresses, one per line"),
    "day_counts": N_("Single days, each with a number"),
    "rooms": N_("Rooms, a line each"),
    "yen": N_("Amount in yen"),
    "tax_rate": N_("Tax rate in percent"),
    "person": N_("Name of a body, an office or a person"),
    "address": N_("Address"),
    "account_type": N_("Kind of account at a bank"),
    "account_holder": N_("Holder of an account, as the bank writes it"),
    "custom": N_("None"),
    "name": N_("Name of the person"),
    "organization": N_("Name of the company"),
    "organization-title": N_("Position in the company"),
    "tel": N_("Phone number"),
    "postal-code": N_("Postal code"),
    "address-level1": N_("Prefecture"),
    "address-level2": N_("City"),
    "address-line1": N_("Street and number"),
    "address-line2": N_("Building and floor"),
    "off": N_("Nothing"),
    # where options come from
    "calendar": N_("Free days of the calendar of the task"),
    "wishes": N_("Days the applicant wished for, then free days"),
    "examiners": N_("Staff who attend"),
    "cards": N_("Cards that are on loan"),
    # a day or a time
    "date": N_("A day"),
    "time": N_("A time of day"),
    "datetime": N_("A day and a time"),
    "no_timezone": N_("Times of the office"),
    "start": N_("At the top"),
    "center": N_("In the middle"),
    "end": N_("At the bottom"),
}
