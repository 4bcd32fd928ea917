"""Stamps: what changes whenever something does."""

from __future__ import annotations

from peewee import CharField

from app.store.database import Table


class Stamp(Table):
    """A word that is another one after anything of what it stands for was written (`store.seldom`)."""

    name = CharField(max_length=20, primary_key=True)
    value = CharField(max_length=40)
