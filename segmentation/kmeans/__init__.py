"""k-means on whole numbers: one answer for any order, threads and split."""
