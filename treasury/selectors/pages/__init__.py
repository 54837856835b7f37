"""What the pages of claims and of the treasury show, each in a fixed number of queries."""
