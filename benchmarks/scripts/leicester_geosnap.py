"""Peer: geosnap's k-means, as its documentation calls it: FILE SEED."""

import json
import sys

import geopandas as gpd
import pandas as pd
from geosnap.analyze import cluster
from shapely import Point
from sklearn.metrics import adjusted_rand_score

table = pd.read_parquet(sys.argv[1])
names = [name for name in table.columns if name != "official"]
points = gpd.GeoDataFrame(
    table.reset_index().assign(year=2011), geometry=[Point(0, 0)] * len(table)
)
found = cluster(
    points,
    n_clusters=8,
    method="kmeans",
    columns=names,
    scaler=None,
    unit_index=table.index.name,
    random_state=int(sys.argv[2]),
    model_colname="segment",
)
features = found[names]
centres = features.groupby(found["segment"]).transform("mean")
print(
    json.dumps(
        {
            "inertia": float(((features - centres) ** 2).to_numpy().sum()),
            "ari": adjusted_rand_score(found["official"], found["segment"]),
        }
    )
)
