"""The supervisor of leashd-hooks: asks people, shows what happens, remembers.  What is denied stays with the hook."""
