"""Workspaces (案): drafts of process packages that people write in the browser; nothing of them is live by itself."""
