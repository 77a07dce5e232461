"""Questions to a person: whether a tool call may run, what to answer the agent, whether a plan is right."""
