"""The pages of calendars and months."""
