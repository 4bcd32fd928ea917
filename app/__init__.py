"""The portal. `main` wires the rooms; docs/architecture.md says what each is for."""

__version__ = "0.1.0"  # the one place where it stands
