"""Journey maps that people drew: in interviews, workshops, surveys, by looking on.

Read in this order: `steps` (what a map is), `links`, `read` (files), `drawn` (the same
graph as a log's), `episodes`, `overlay` (what is told beside what is recorded) and
`rules_on_maps`.
"""

from journeys.maps.drawn import drawn_graph, drawn_network, drawn_nodes
from journeys.maps.episodes import EpisodeFactors, episode_factors
from journeys.maps.overlay import Overlay, overlay_maps
from journeys.maps.read import read_maps
from journeys.maps.rules_on_maps import FoundOnMaps, find_on_maps, log_of_maps
from journeys.maps.steps import DrawnMaps, maps_of

__all__ = [
    "DrawnMaps",
    "EpisodeFactors",
    "FoundOnMaps",
    "Overlay",
    "drawn_graph",
    "drawn_network",
    "drawn_nodes",
    "episode_factors",
    "find_on_maps",
    "log_of_maps",
    "maps_of",
    "overlay_maps",
    "read_maps",
]
