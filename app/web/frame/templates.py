"""Templates as Jinja2 has them, but for a question that each import of one by another asks anew."""

from __future__ import annotations

from flask import Flask
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context


class Known(Template):
    """A template that knows the names of its globals.

    Jinja2 looks at each import which globals the importing template has and this one lacks, by two walks over some
    eighty names; a page has a dozen imports. There are none but those of the application, so that it is nearly always
    none; where it is not, Jinja2 goes on as it does.
    """

    _names: frozenset[str] = frozenset()

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if ctx is None or ctx.globals_keys <= self._names:
            return super()._get_default_module()
        self._names = frozenset(self.globals)
        return super()._get_default_module(ctx)


def install(app: Flask) -> None:
    """Have every page made of such."""
    app.jinja_env.template_class = Known
