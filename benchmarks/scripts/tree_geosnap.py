"""Peer: geosnap's k-means, the first level alone: `tree_geosnap.py FILE SEED`."""

import json
import sys

import geopandas as gpd
import pandas as pd
from geosnap.analyze import cluster
from shapely import Point

features = pd.read_parquet(sys.argv[1])
areas = gpd.GeoDataFrame(
    features.reset_index().assign(year=2021), geometry=[Point(0, 0)] * len(features)
)
found = cluster(
    areas,
    n_clusters=8,
    method="kmeans",
    columns=list(features.columns),
    scaler=None,
    unit_index="oa",
    random_state=int(sys.argv[2]),
    model_colname="segment",
)
clustered = found[list(features.columns)]
centres = clustered.groupby(found["segment"]).transform("mean")
print(json.dumps({"inertia": float(((clustered - centres) ** 2).to_numpy().sum())}))
