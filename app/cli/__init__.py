"""The command `nintei` and its subcommands."""
