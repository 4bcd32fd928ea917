"""How the database of one release becomes that of the next: numbered steps, forward only.

A step is a file `NNNN_words.py` here: a docstring whose first line says what is different afterwards (`nintei db
status` shows it, so it is a message with its Japanese), and `up(migrator, db)`, written with `playhouse.migrate` and
plain SQL against tables **by name**. It never imports today's models: they go on changing, and a step must do the same
in ten years. New tables are declared inside the step, as frozen copies.

    \"\"\"A mail knows whether it came back.\"\"\"
    from peewee import CharField

    def up(migrator, db):
        migrator.migrate(migrator.add_column("mail", "delivery", CharField(max_length=10, default="")))

Each step runs in one transaction, SQLite and PostgreSQL alike, and is recorded in it, in the table `schema_migration`.
The models say the same as all steps together: tests/store/test_migrations.py compares a new database with one that was
brought up from version 1, column by column. Once a release has gone out with a step, the step is never changed.

On SQLite, `migrator.add_column` of a column that may not be null copies the table, and its triggers are gone with the
old one: `schema.upgrade` puts triggers, and whatever index is missing, in place after the steps.
"""
