"""The pages of consulting."""
