"""Every write: opening, casting, closing, carrying out."""
