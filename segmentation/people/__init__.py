"""Persons: their features, their segments, the segment of where they live."""
