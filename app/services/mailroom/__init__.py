"""Mail that comes in: received, matched to a case, taken into a form or filed."""
