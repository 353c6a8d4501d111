"""What sets segments apart, and what they are worth."""
