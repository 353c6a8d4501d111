"""Invented names, and the ways in which offices write them wrongly."""

from __future__ import annotations

__all__ = ["FAMILY", "GIVEN", "STREETS", "WRITTEN", "ways"]

# Each with what friends say; the first half are women's names.
GIVEN = (
    ("Alvina", "Allie"), ("Berenda", "Bren"), ("Carissa", "Cass"), ("Delphie", "Del"),
    ("Elowena", "Ellie"), ("Fennella", "Nell"), ("Gwenda", "Gwen"), ("Hester", "Hetty"),
    ("Isolde", "Izzy"), ("Jessamy", "Jess"), ("Kerensa", "Kez"), ("Linnet", "Lin"),
    ("Marigold", "Mari"), ("Nerys", "Nez"), ("Orlaith", "Orla"), ("Petronel", "Peta"),
    ("Rosamund", "Rosa"), ("Sabrina", "Bree"), ("Tamsin", "Tam"), ("Verity", "Vee"),
    ("Aldric", "Al"), ("Bertram", "Bert"), ("Caspian", "Cas"), ("Dunstan", "Dun"),
    ("Edmund", "Ned"), ("Fergal", "Ferg"), ("Gareth", "Gaz"), ("Hamish", "Ham"),
    ("Ivor", "Ive"), ("Jasper", "Jas"), ("Kelvin", "Kel"), ("Leopold", "Leo"),
    ("Magnus", "Mags"), ("Nathaniel", "Nat"), ("Oswin", "Oz"), ("Percival", "Percy"),
    ("Roderick", "Rod"), ("Silvester", "Sil"), ("Tobias", "Toby"), ("Wilfred", "Wilf"),
)  # fmt: skip

FAMILY = tuple(
    start + end
    for start in (
        "Ash", "Bram", "Cop", "Dray", "Elder", "Fal", "Gorse", "Hather", "Ivel",
        "Kettle", "Lark", "Mor", "Nether", "Oxen", "Pendle", "Quar", "Row", "Skel",
        "Thorn", "Under", "Ver", "Win", "Yar", "Zeal",
    )
    for end in (
        "berry", "bourne", "combe", "croft", "dale", "field", "ford", "garth",
        "hurst", "ley", "marsh", "more", "sall", "shaw", "stead", "ton", "tree",
        "wick", "wood", "worth",
    )
)  # fmt: skip

STREETS = tuple(
    f"{name} {kind}"
    for name in (
        "Anchor", "Bittern", "Cockle", "Dogger", "Ebb", "Fisher", "Gannet", "Harbour",
        "Island", "Jetty", "Kittiwake", "Lantern", "Mussel", "North", "Otter", "Pier",
    )
    for kind in ("Street", "Road", "Close", "Lane", "Terrace")
)  # fmt: skip

WRITTEN = ("right", "short", "swapped", "dropped")


def ways(name: str, short: str) -> tuple[str, ...]:
    """Return a name as it is written: right, short, with letters swapped, dropped."""
    middle = len(name) // 2
    swapped = name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]
    return name, short, swapped, name[:middle] + name[middle + 1 :]
