"""What a person does from the first page to the last, in a browser over the real application."""
