"""What every part of the supervisor stands on: the database, events, time."""
