"""Text as it comes in: made even once, at the door, by the same rules for forms, files, mails, packages and commands.

Knows nothing of the rooms above. `marks` says what no text holds, `typed` what people type, `names` what files and
people are called, `address` mail addresses, `days` days and times, `numbers` whole numbers, `fold` what a search
takes for the same.
"""
