"""The audit record: its chain, whether it holds, what it tells."""
