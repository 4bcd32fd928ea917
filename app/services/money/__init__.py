"""Invoices, and what a bank file says of their payment."""
