"""What administrators change here: accounts, absences, saved views, closing days; all through services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_admin.base import expose
from flask_admin.form import BaseForm
from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from admin import cells
from admin.view import Records, proved
from app.errors import N_, NinteiError
from app.services.base.portal import Portal
from app.services.mails.portalmails import Wording
from app.services.packages import folders
from app.services.people import manystaff, staffing
from app.services.signin import factors, identities
from app.states import ACCOUNTS, Side

ROLE_WORDS = {role.value: _l(word) for role, word in ACCOUNTS.items()}
RELEASED = N_("The link is removed, and the account is signed out everywhere.")
MOST_TYPED = 100_000  # characters of pasted rows
NEEDED = InputRequired(_l("This field is required"))


def choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """The words as a select offers them, by their keys."""
    return [SelectChoice(value, word) for value, word in words.items()]


def _called(words: Mapping[str, Any]) -> dict[str, str]:
    """How a role or group may be called in a row: by its name as people read it, or by its id."""
    return {str(each).casefold(): key for key, word in words.items() for each in (key, word)}


def group_names() -> dict[str, str]:
    """The groups of the packages, in the reader's language."""
    portal, lang = current_app.extensions["nintei"], str(get_locale() or "ja")
    return {each.id: each.named(lang) for each in portal.releases.groups().values()}


class AccountForm(BaseForm):
    """What can be changed of an account."""

    name = StringField(_l("Name"), [NEEDED, Length(max=120)])
    active = BooleanField(_l("Active: can sign in"))
    roles = SelectMultipleField(_l("Roles"), choices=[])
    groups = SelectMultipleField(_l("Groups"), choices=[])

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata, obj, **values)
        vendor = obj is not None and obj.side == Side.VENDOR
        self.roles.choices = choices({role: word for role, word in ROLE_WORDS.items() if (role == "vendor") is vendor})
        if vendor:
            del self.groups
        else:
            self.groups.choices = choices(group_names())
        if obj is not None and not formdata:
            self.roles.data = [role.name for role in obj.roles]
            if self.groups:
                self.groups.data = [group for group in obj.groups.split(",") if group]


def first_password(portal: Portal, name: str) -> Wording:
    """The mail to somebody new of the body."""
    text = gettext("%(name)s, an account in the certification portal has been created for you.", name=name)
    until = gettext(
        "Use this link to choose your password. It works once and expires after 7 days; after that, ask for a new one."
    )
    words = gettext("Choose the password")
    link, body = f"[{words}](%(url)s)", folders.site(portal)["body"].get("name", "")
    return Wording(gettext("Your account in the certification portal"), f"{text}\n\n{link}\n\n{until}\n\n{body}\n")


class NewAccountForm(BaseForm):
    """A new account of the body."""

    email = StringField(_l("Mail address"), [NEEDED, Length(max=254)])
    name = StringField(_l("Name"), [NEEDED, Length(max=120)])
    roles = SelectMultipleField(_l("Roles"), choices=[])
    groups = SelectMultipleField(_l("Groups"), choices=[])

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata, obj, **values)
        self.roles.choices = choices({role: ROLE_WORDS[role] for role in staffing.STAFF_ROLES})
        self.groups.choices = choices(group_names())


class Accounts(Records):
    """Accounts: made for the body's people by mail; name, roles, groups, whether they may sign in."""

    writes = ("create", "edit")

    def get_form(self) -> Any:
        return AccountForm

    def get_create_form(self) -> Any:
        return NewAccountForm

    def create_model(self, form: Any) -> Any:
        wanted = staffing.Account(form.name.data, True, frozenset(form.roles.data), tuple(form.groups.data))
        try:
            words = first_password(self.portal, form.name.data)
            made = staffing.invite_staff(self.portal, form.email.data, wanted, self.writer, words)
        except NinteiError as error:
            return self._refuse(error)
        flash(
            gettext("A password link is on its way to %(email)s; it is valid for 7 days.", email=form.email.data),
            "success",
        )
        return self.model.get_by_id(made)

    def update_model(self, form: Any, model: Any) -> bool:
        groups = tuple(form.groups.data) if form.groups else ()
        wanted = staffing.Account(form.name.data, form.active.data, frozenset(form.roles.data), groups)
        try:
            given_back = staffing.change_account(self.portal, model.id, wanted, self.writer)
        except NinteiError as error:
            return self._refuse(error)
        if given_back:
            tasks = gettext(", ").join(f"{each.title} ({each.case_number})" for each in given_back)
            flash(gettext("Returned to their groups: %(tasks)s", tasks=tasks), "warning")
        return True

    def beside(self, model: Any) -> list[dict[str, str]]:
        """What the page of an account says and offers beside its form."""
        found = []
        if model.side == Side.OPERATOR and not model.password and model.active:
            url = self.get_url(".send_link", id=model.id)
            found.append(
                {
                    "text": gettext("No password has been set yet."),
                    "label": gettext("Send the link again"),
                    "url": url,
                }
            )
        if model.factors and self._may("edit"):
            found.append(
                {
                    "text": gettext(
                        "A second factor is set up. Remove it only if its owner has lost it and you are sure "
                        "the request comes from them."
                    ),
                    "label": gettext("Remove the second factors"),
                    "url": self.get_url(".take_factors", id=model.id),
                }
            )
        found.extend(self._ties(model) if self._may("edit") else [])
        found.append(
            {
                "text": gettext("When, how and from where this account was used to sign in."),
                "label": gettext("Sign-ins of this account"),
                "url": f"/sign-ins?account={model.id}#record",
                "opens": "yes",
            }
        )
        held = staffing.holding(model.id) if model.side == Side.OPERATOR else []
        if held:
            tasks = gettext(", ").join(f"{each.title} ({each.case_number})" for each in held)
            found.append(
                {
                    "text": gettext(
                        "Open tasks assigned to this person, which return to their groups if the account is "
                        "deactivated: %(tasks)s",
                        tasks=tasks,
                    )
                }
            )
        return found

    def _ties(self, model: Any) -> list[dict[str, str]]:
        """To whom at a provider the account is tied."""
        told = gettext(
            "Linked to %(subject)s at %(issuer)s since %(day)s. Remove the link only if the provider knows the "
            "owner under another name now, or the wrong person was linked: the next sign-in there with the "
            "address of this account links it anew."
        )
        return [
            {
                "text": told % {**tie.identity.told(), "day": cells.text(tie.since)},
                "label": gettext("Remove the link to the provider"),
                "url": self.get_url(".release", id=model.id),
            }
            for tie in identities.ties(model.id)
        ]

    @expose("/new/", methods=("GET", "POST"))
    @proved
    def create_view(self) -> Any:
        """A new account: who makes it shows that it is they."""
        return super().create_view()

    @expose("/many/", methods=("GET", "POST"))
    @proved
    def many_view(self) -> Any:
        """Several accounts, from rows of a spreadsheet that are looked at first."""
        typed, rows, wrong = request.form.get("rows", "")[:MOST_TYPED], [], ""
        try:
            rows = manystaff.read(typed, _called(ROLE_WORDS), _called(group_names()), self.writer)
            if request.form.get("step") == "make":
                count = manystaff.make(self.portal, rows, self.writer, lambda name: first_password(self.portal, name))
                said = ngettext(
                    "%(num)s account has been made; a password link is on its way.",
                    "%(num)s accounts have been made; each gets a password link.",
                    count,
                )
                flash(said, "success")
                return redirect(self.get_url(".index_view"), 303)
        except NinteiError as error:
            wrong = error.said(gettext)
        if typed.strip() and not rows and not wrong:
            wrong = gettext("No line has a mail address")
        page = self.render(
            "records/many.html", rows=rows, typed=typed, alert=wrong, roles=ROLE_WORDS, groups=group_names(),
            staff_roles=staffing.STAFF_ROLES, offered=[ROLE_WORDS[each] for each in staffing.STAFF_ROLES],
        )  # fmt: skip
        return page, 422 if wrong or any(row.wrong for row in rows) else 200

    @expose("/edit/", methods=("GET", "POST"))
    @proved
    def edit_view(self) -> Any:
        """A role, a group, whether somebody may sign in: the same."""
        return super().edit_view()

    @expose("/send-link/", methods=("POST",))
    @proved
    def send_link(self) -> Any:
        """Mail the link for the first password again."""
        model = self.get_one(request.args.get("id", "")) or abort(404)
        try:
            email = staffing.send_link(self.portal, model.id, self.writer, first_password(self.portal, model.name))
            flash(
                gettext("A password link is on its way to %(email)s; it is valid for 7 days.", email=email), "success"
            )
        except NinteiError as error:
            self._flash(error)
        return redirect(self.get_url(".edit_view", id=model.id), 303)

    @expose("/take-factors/", methods=("POST",))
    @proved
    def take_factors(self) -> Any:
        """Somebody has lost theirs."""
        model = self.get_one(request.args.get("id", "")) or abort(404)
        try:
            factors.take_away(self.portal, self.writer, model.id)
            flash(gettext("The second factors have been removed, and the account is signed out everywhere."), "success")
        except NinteiError as error:
            self._flash(error)
        return redirect(self.get_url(".edit_view", id=model.id), 303)

    @expose("/release/", methods=("POST",))
    @proved
    def release(self) -> Any:
        """The provider knows its owner otherwise now."""
        model = self.get_one(request.args.get("id", "")) or abort(404)
        try:
            identities.release(self.portal, self.writer, model.id)
            own = model.id == self.writer.user_id
            flash(gettext("The link is removed.") if own else gettext(RELEASED), "success")
        except NinteiError as error:
            self._flash(error)
        return redirect(self.get_url(".edit_view", id=model.id), 303)
