"""The worklist of staff and the home of vendors."""
