"""The evaluations themselves: that they find what they are there to find."""
