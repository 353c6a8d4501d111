# %% [markdown]
# # An insight analyst's first hour: who are our customers?
#
# SYNTHETIC DATA: Exampleton does not exist. The same cells run on your own areas:
# change the file and the variables.

# %%
import geopandas as gpd

from insight import shipped
from segmentation import SegmentRecipe, agreement, index_scores, segment_areas

# %%
areas = gpd.read_parquet(shipped("example", "areas.parquet")).set_index("area_code")
areas.drop(columns="geometry").head()

# %% [markdown]
# Say what makes areas alike: a label, and a count over its base.

# %%
variables = {
    "aged 65 and over": "age_65_plus / population",
    "unemployed": "unemployed / population",
    "students": "students / population",
    "degree": "degree / population",
    "owned home": "owned / households",
    "social rented home": "social_rented / households",
    "no car": "no_car / households",
}
found = segment_areas(areas, variables, recipe=SegmentRecipe(k=5, seed=2010))
print(found)

# %% [markdown]
# What sets the segments apart? 100 is the average of the place.

# %%
profile = index_scores(areas, variables, found.segments)
profile.pivot_table(index="variable", columns="segment", values="index").round(0)

# %% [markdown]
# Does it agree with the classification that the place has now? Here that is the type
# that the generator planted, so agreement should be high.

# %%
against = agreement(found.segments, areas["planted_type"].astype("string"))
print(against)

# %%
assert against.rand > 0.8
