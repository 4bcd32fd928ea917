"""The public register: certificates, and until when they hold."""
