"""Random histories of decisions, taken by the program and told by a model that knows nothing of it."""
