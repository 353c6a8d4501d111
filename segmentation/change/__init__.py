"""What moved: drift between years, counts between boundaries."""
