"""The read side of the audit: search, verification, export."""
