"""What was decided, told for a job: a summary of audit records as Markdown, JSON, JUnit XML or SARIF, one a module."""
