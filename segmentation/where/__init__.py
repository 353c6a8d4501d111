"""Where need gathers, who makes no contact, and who is far from a site."""
