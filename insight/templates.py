"""What `totalplace init` lays down: a commented place.toml and empty tables.

Both are written from the contracts, so that they cannot fall behind them.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError
from place import CONTRACTS

if TYPE_CHECKING:
    from pathlib import Path

    from place import Column, Contract

__all__ = ["write_templates"]

_HEAD: Final = """\
# A place: what its files are, what their columns mean, what to do with them.
# Lines that begin with # do nothing. Fill a table, take the # away from its block,
# then run:  totalplace check place.toml   and   totalplace run place.toml --out out
# Every table is optional: a run does what the tables allow and says what it left out.

[place]
name = "Our place"              # stands on every page
# period = "2008-09"
# time_zone = "Europe/London"   # of times in your files that say no zone
# synthetic = true              # if the people in it are invented

# [engine]
# backend = "duckdb"            # or "spark", for a place that outgrows one machine
# memory = "4GB"                # most memory to use before spilling to disk
# threads = 2

# ---------------------------------------------------------------------- tables
# One block a table. Paths count from this file. Also understood in a block:
#   columns = { customer_id = "Client ref" }   your heading for a name below
#   constants = { agency = "Council" }         one value for a column you lack
#   missing = ["NULL", "n/k"]                  words that mean not known, as blank does
#   encoding = "cp1252"   delimiter = ";"      for CSV that is not UTF-8 with commas
#   sheet = "Sheet 2"                          for Excel; else the first sheet
#   time_format = "%d/%m/%Y %H:%M"             for times that are not 2009-03-31 14:05
#   time_zone = "UTC"                          of this file's times, if not [place]'s
#   crs = "EPSG:27700"                         for boundaries that do not say
# Several files of one table: write its block again as [[tables.NAME]], once a file.
"""

_TAIL: Final = """
# --------------------------------------------------------------------- options
# [segments]                    # customers grouped by where they live
# k = 8                         # how many segments
# levels = [8, 21, 52]          # or a tree: supergroups, groups, subgroups
# seed = 2010                   # set it: the same answer every time
# transform = "asinh"           # asinh, log, boxcox or none
# scale = "range"               # range, z or interdecile
# missing = "leave out"         # or refuse, median, mean: areas that lack a value
# correlated = 0.9              # drop one of two variables that go together so closely
# restarts = 50                 # how many starts to try, keeping the best
# choose = [2, 12]              # numbers of segments to weigh against one another
# regions = 12                  # also join areas into so many unbroken regions
# model = "segments.json"       # use these segments, made elsewhere: find none anew
# previous = "segments.json"    # last year's, to see what has changed since
# compare = "supergroup"        # a column of areas: the classification you have now
# categories = ["rural_urban"]  # columns of areas that hold words, to group by as well
# avoid = ["Aged 65 and over"]  # variables that no segment is to be named after
# [segments.variables]          # label = "count / base", or one column as it is
# "Aged 65 and over" = "age_65_plus / population"
# [segments.use]                # label = service: its customers per 100 residents
# "Home care" = "Home care"
# [segments.blocks.tenure]      # variables that count together, and how much
# weight = 2.0                  # a variable in no block weighs 1
# variables = ["Owned home", "Social rented home"]
# [segments.names]              # segment = your name for it, once you have seen them
# "1" = "Settled families"

# [people_segments]             # persons grouped by their own use and their home area
# k = 5
# seed = 2010
# restarts = 50
# sample = 100000               # persons to find the segments from; all are assigned
# area_weight = 1.0             # weight of the home area against 1 of own use
# [people_segments.use]         # label = service
# "Home care hours" = "Home care"
# [people_segments.variables]   # label = "count / base" of the home area
# "No car" = "no_car / households"

# [outcomes]                    # what segments should separate, kept out of making them
# "Bad health" = "bad_health / population"

# [hotspots]                    # where an outcome gathers, and where it may next
# outcomes = ["Bad health"]
# drivers = ["No car"]          # variables that go with it; all of them if left out
# neighbours = "touching"       # or a number: so many nearest areas
# permutations = 9999
# level = 0.05                  # share of false finds to accept

# [contact]                     # where fewer people make contact than expected
# services = ["Home care"]      # all services if left out
# level = 0.05

# [access]                      # who is far from an open site; where another would go
# within = 20
# unit = "minutes"              # of the table travel; or metres, in straight lines
# new = 1                       # how many of the possible sites to open

# [drivers]                     # what goes with an outcome, within and between segments
# outcome = "Bad health"
# factors = ["No car", "Degree"]
# cluster = "ward"              # column of areas whose areas are alike; else none

# [targets]                     # areas to go to first, some held out to see if it works
# need = "Bad health"
# segments = ["3"]              # only of these; all if left out
# areas = 50
# hold_out = 0.2
# seed = 2010

# [journeys]
# rules = "rules.toml"          # your own duplication rules; else the built-in ones
# store = "events.store"        # events encoded before by `totalplace encode`
# one_customer = true           # write one customer's journey into private/
# [journeys.classes]            # activity = its class, for the duplication rules:
# "First assessment" = "assess" # {classes}

# [[redesigns]]                 # what if? one block a redesign; ranges are low to high
# kind = "merge steps"          # do steps in one visit
# name = "Assess at the first visit"
# first = "First contact"
# then = ["First assessment"]
# within_days = 14
# reach = { low = 0.4, central = 0.6, high = 0.8 }   # share of customers reached

# [[redesigns]]
# kind = "merge agencies"       # hand-overs between them vanish
# name = "One team"
# agencies = ["Housing", "Benefits"]
# into = "Home team"

# [[redesigns]]
# kind = "assess first"         # the first assessment serves all
# name = "One assessment"
# activities = ["First assessment"]
# by = "assessor"               # or "first agency"

# [[redesigns]]
# kind = "front door"           # first contacts go to one agency, which passes on
# name = "One front door"
# agency = "Council"

# [[redesigns]]
# kind = "opt-in offer"         # a lead worker for those who want one
# name = "A lead worker"
# agency = "Council"
# take_up = { low = 0.2, central = 0.4, high = 0.6 }
# effect = { low = 0.3, central = 0.5, high = 0.7 }
# offer_pounds = { low = 60.0, central = 90.0, high = 150.0 }
# segments = ["3"]              # offered to these; to all if left out
# least_findings = 2            # to customers with so many duplicated contacts

# [compare]                     # whose journeys differ by more than chance
# by = "segment"                # or "area", or "period" of the first contact
# area = "ward"                 # a column of areas that names larger areas
# periods = [2008-04-01, 2008-10-01, 2009-04-01]   # where each begins, and the end
# within_days = 183             # follow each customer equally long
# months = 12                   # how long to follow those of each period
# permutations = 999
# level = 0.05
# multiplicity = "max-t"        # or "bh": share of false finds
# seed = 2010

# [spend]
# basis = "actual"              # count lines of this basis alone: actual or budget
# collective = ["01", "02"]     # COFOG codes of benefit to all, shared among nobody
# collective_as = "bucket"      # or "head count": shared a head all the same
# universal = ["07.2"]          # codes of services open to all; our list if left out
# overheads = ["01.3"]          # codes that follow the direct costs of their body
# [spend.services]              # service in service_use = COFOG code it explains
# "Hospital stay" = "07.3"
# [spend.keys]                  # COFOG code = column of areas by which it is shared
# "04.5" = "population"
# [spend.bodies]                # centre-out: body in your count = body of the nation
# "City Council" = "local government"
# [spend.prices]                # centre-out: year = price level, to compare years
# "2007-08" = 97.2

# [prevention]                  # what later costs and benefits are worth; to be checked
# rate = 0.035                  # discount rate a year
# cost_optimism = 0.1           # costs up, benefits down, where a stream says none
# benefit_optimism = 0.2
# lag_years = 2                 # benefits come later
# lag = "moved on"              # or squeezed, cut short

# [evidence]
# colour = "red"                # which flags to hold against maturity: red or green
# components = ["value"]        # of maturity; all four if left out
# despite_disagreement = false  # true: report it even if coders agree too little
# seed = 2010                   # of intervals and power: the same answer every time
# [evidence.strata]             # place = its stratum, such as of deprivation
# "Pilot A" = "more deprived"
# [evidence.text_lines]         # place = how much text was read: a rival explanation
# "Pilot A" = 14

# [release]                     # small numbers of people never leave as they are
# rule = "nhs_1_7_round5"       # or threshold10, threshold5, none
"""


def write_templates(folder: Path) -> list[Path]:
    """Write a place to fill: place.toml, an empty CSV a table, and a dictionary.

    Parameters
    ----------
    folder
        Made if absent. It must hold no place yet.

    Returns
    -------
    written
        The files, place.toml first.

    Raises
    ------
    InsightError
        If any of the files is there already: nothing is overwritten.
    """
    place, dictionary = folder / "place.toml", folder / "tables" / "README.md"
    tables = {name: folder / "tables" / f"{name}.csv" for name in CONTRACTS}
    there = [file for file in (place, dictionary, *tables.values()) if file.exists()]
    if there:
        names = ", ".join(str(file.relative_to(folder)) for file in there)
        msg = f"{folder} already holds {names}. Choose another folder, or move them."
        raise InsightError(msg)
    dictionary.parent.mkdir(parents=True, exist_ok=True)
    blocks = "".join(_block(contract) for contract in CONTRACTS.values())
    classes = next(
        column.one_of
        for column in CONTRACTS["events"].columns
        if column.name == "activity_class"
    )
    tail = _TAIL.replace("{classes}", ", ".join(classes))
    place.write_text(_HEAD + blocks + tail, encoding="utf-8")
    for name, file in tables.items():
        with file.open("w", encoding="utf-8-sig", newline="") as empty:
            csv.writer(empty).writerow(_headings(CONTRACTS[name]))
    dictionary.write_text(_dictionary(), encoding="utf-8")
    return [place, *tables.values(), dictionary]


def _headings(contract: Contract) -> list[str]:
    return [column.name for column in contract.columns]


def _block(contract: Contract) -> str:
    required = [column.name for column in contract.columns if column.required]
    drawn = contract.name == "areas"
    note = "   # or areas.gpkg, with boundaries" if drawn else ""
    return (
        f"\n# {contract.name}: one row is {contract.row_is}\n"
        f"# {_unlocks(contract)}; needs {', '.join(required)}\n"
        f"# [tables.{contract.name}]\n"
        f'# file = "tables/{contract.name}.csv"{note}\n'
    )


def _unlocks(contract: Contract) -> str:
    return (
        f"unlocks {contract.unlocks}" if contract.unlocks else "checked, not used yet"
    )


def _dictionary() -> str:
    opening = (
        "# The tables of a place\n\n"
        "Money is pounds (`1234.50`; `£1,234.50` is understood). Times are "
        "`2009-03-31 14:05` or with a zone, `2009-03-31T14:05:00+01:00`. Blank means "
        "not known: it is never read as zero.\n"
    )
    parts = [opening]
    for contract in CONTRACTS.values():
        parts.append(
            f"\n## {contract.name}\n\nOne row is {contract.row_is}.\n\n"
            "| column | needed | kind | what it holds |\n| --- | --- | --- | --- |\n"
        )
        parts += [_line(column) for column in contract.columns]
    return "".join(parts)


def _line(column: Column) -> str:
    limits = [f"{column.least:g} or more"] if column.least is not None else []
    limits += [f"{column.most:g} or less"] if column.most is not None else []
    said = "; ".join(filter(None, (column.note, ", ".join(column.one_of), *limits)))
    needed = "yes" if column.required else ""
    return f"| `{column.name}` | {needed} | {column.kind} | {said} |\n"
