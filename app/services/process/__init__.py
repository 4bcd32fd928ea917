"""A step of the process, and its effects once it is stored: jobs, mails, timers, papers."""
