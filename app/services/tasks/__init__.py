"""Work on a task: filled in, kept, checked, sent, returned, taken back."""
