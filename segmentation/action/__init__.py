"""What goes with an outcome, and where to go first."""
