"""How far segments hold: choice of k, stability, structure, who lies between two."""
