"""One segmentation for all: the file, its SQL, and fits without pooling rows."""
