"""Play (試す): a portal of its own in which a draft of a package is tried, with a clock that is moved by hand."""
