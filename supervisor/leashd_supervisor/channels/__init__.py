"""Ways to reach a person: they notify and withdraw, and decide nothing."""
