"""Desks with an agent and a card reader: who has which card job, and what came of it."""
