"""Features: rates, transforms, pruning, filling, weights, service use."""
