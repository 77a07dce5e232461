"""Web Push: a short word to a phone or a browser that is not looking, and its withdrawal."""
