"""Test cards: ledger, stock, loans, keys, letters, labels, and what a card desk is asked to do."""
