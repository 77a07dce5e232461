"""The door for people: the page and what it asks for."""
