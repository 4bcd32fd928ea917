"""Companies and who may act for them: proof, claims, members, mandates, invitations."""
