"""Passwords, wrong guesses, devices, and who is held up at the sign-in."""
