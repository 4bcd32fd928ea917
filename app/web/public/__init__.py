"""Pages for everybody: the way in, the register, the manual, the demo."""
