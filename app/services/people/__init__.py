"""Accounts of people, their addresses, and the staff."""
