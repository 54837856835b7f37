"""A group as alive as a real one, made through the services, with times relative to today."""
