"""A backup of everything the portal keeps, and the way back: database, files, signing key, card keys, settings.

`writing` makes one while people work, `reading` looks whether it is whole, `restoring` makes a portal of it.
"""
