"""What people enter: engagements and acceptances by the treasurer, the offering by each expert, filters by readers."""
