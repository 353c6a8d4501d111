"""Published data that golden figures rest on, typed in with their sources.

They are small, and packages that carry them are not dependencies.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
import pandas as pd

# Hollander, M. and Wolfe, D. A. (1973). Nonparametric Statistical Methods, p 185:
# lightness of tuna and its score by a panel; R's ?cor.test.
TUNA_X: Final = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
TUNA_Y: Final = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]

# The guide's synthetic 13 pilots (evidence.md, section 5) are not printed. Levels and
# counts were found from the figures printed (851 tables, tau-b, rho, asymptotic p,
# exact p); areas from the Poisson fit and its scale: with the real 31 areas, these are
# the only ones, but for units alike, that give all of them.
LEVEL: Final = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]
COUNT: Final = [1, 2, 3, 0, 1, 1, 2, 0, 0, 1, 1, 0, 0]
AREAS: Final = [1, 1, 3, 1, 1, 3, 1, 1, 11, 2, 2, 3, 1]

# Agresti, A. (2002). Categorical Data Analysis, second edition, table 2.8: income
# (rows) and job satisfaction of 104 black males, General Social Survey 1996.
SATISFACTION: Final = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]

# Two raters of 13 units at four levels, found from the figures printed (kappa with
# three weights, and the interval of the last): one of two mirrored pairs of tables
# that give all of them.
RATERS: Final = [[2, 1, 0, 0], [1, 2, 1, 0], [0, 0, 3, 1], [0, 0, 0, 2]]

# Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability, p 7: four
# observers of twelve units; 0 stands for a blank.
OBSERVERS: Final = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]

# The worked example of Wikipedia's "Fleiss' kappa": 14 raters, 10 subjects, 5 levels.
FLEISS: Final = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]

# Baxter, L. A., Coutts, S. M. and Ross, G. A. F. (1980): holders and claims of car
# insurance by district, engine size and age, R's MASS::Insurance.
HOLDERS: Final = """
197 264 246 1680 284 536 696 3582 133 286 355 1640 24 71 99 452 85 139 151 931 149
313 419 2443 66 175 221 1110 9 48 72 322 35 73 89 648 53 155 240 1635 24 78 121 692
7 29 43 245 20 33 40 316 31 81 122 724 18 39 68 344 3 16 25 114
"""
CLAIMS: Final = """
38 35 20 156 63 84 89 400 19 52 74 233 4 18 19 77 22 19 22 87 25 51 49 290 14 46 39
143 4 15 12 53 5 11 10 67 10 24 37 187 8 19 24 101 3 2 8 37 2 5 4 36 7 10 22 102 5 7
16 63 0 6 8 33
"""

# Quine, S. (1975), in Aitkin, M. (1978): days absent from school in Walgett, by
# ethnic background, sex, age and learner status, R's MASS::quine.
ABSENCES: Final = """
AM0S 2 11 14; AM0A 5 5 13 20 22; AM1S 6 6 15; AM1A 7 14; AM2S 6 32 53 57; AM2A 14 16
16 17 40 43 46; AM3A 8 23 23 28 34 36 38; AF0S 3; AF0A 5 11 24 45; AF1S 5 6 6 9 13
23 25 32 53 54; AF1A 5 5 11 17 19; AF2S 8 13 14 20 47 48 60 81; AF2A 2; AF3A 0 2 3 5
10 14 21 36 40; NM0S 6 17 67; NM0A 0 0 2 7 11 12; NM1S 0 0 5 5 5 11 17; NM1A 3 4;
NM2S 22 30 36; NM2A 8 0 1 5 7 16 27; NM3A 0 30 10 14 27 41 69; NF0S 25; NF0A 10 11
20 33; NF1S 5 7 0 1 5 5 5 5 7 11 15; NF1A 5 14 6 6 7 28; NF2S 0 5 14 2 2 3 8 10 12;
NF2A 1; NF3A 1 9 22 3 3 5 15 18 22 37
"""

# Madsen, M. (1976): residents by satisfaction, influence, type of housing and contact,
# R's MASS::housing.
RESIDENTS: Final = """
21 21 28 34 22 36 10 11 36 61 23 17 43 35 40 26 18 54 13 9 10 8 8 12 6 7 9 18 6 7 15
13 13 7 5 11 14 19 37 17 23 40 3 5 23 78 46 43 48 45 86 15 25 62 20 23 20 10 22 24 7
10 21 57 23 13 31 21 13 5 6 13
"""

# Heinze, G. and Schemper, M. (2002), table I, R's brglm2::endometrial: NV and HG, then
# PI and EH, of 79 patients.
ENDOMETRIAL: Final = """
00 13 1.64; 00 16 2.26; 00 8 3.14; 00 34 2.68; 00 20 1.28; 00 5 2.31; 00 17 1.8; 00
10 1.68; 00 26 1.56; 00 17 2.31; 00 8 2.01; 00 7 1.89; 00 20 3.15; 00 10 1.23; 00 18
1.27; 00 16 1.76; 00 18 2; 01 8 2.64; 01 29 0.88; 01 12 1.27; 01 20 1.37; 11 38
0.97; 11 22 1.14; 11 7 0.88; 11 25 0.91; 11 15 0.58; 01 7 0.97; 00 28 1.5; 00 11
1.33; 00 19 2.37; 00 10 1.82; 00 10 3.13; 00 18 1.31; 00 14 1.92; 00 21 1.64; 00 11
2.01; 00 17 1.88; 00 25 1.93; 00 16 2.11; 00 19 1.29; 00 15 1.72; 00 33 0.75; 00 24
1.92; 01 48 1.84; 01 12 1.11; 01 19 1.61; 01 2 1.18; 11 22 1.44; 11 40 1.18; 11 5
0.93; 11 0 1.17; 01 21 1.19; 01 15 1.06; 00 29 2.02; 00 15 2.29; 00 12 2.33; 00 3
2.9; 00 20 1.7; 00 23 1.41; 00 12 2.25; 00 22 1.54; 00 42 1.97; 00 15 1.75; 00 13
2.16; 00 14 2.57; 00 19 1.37; 00 12 3.61; 00 13 2.04; 00 10 2.17; 01 12 1.69; 11 49
0.27; 01 6 1.84; 01 5 1.3; 01 17 0.96; 11 11 1.01; 11 21 0.98; 01 5 0.35; 11 19
1.02; 01 33 0.85
"""


def pairs(table: list[list[int]]) -> tuple[list[int], list[int]]:
    """Return a contingency table as two variables."""
    cells = [
        (row, column)
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    return [row for row, _ in cells], [column for _, column in cells]


def insurance() -> pd.DataFrame:
    cells = list(product(range(4), repeat=3))
    frame = pd.DataFrame(cells, columns=["district", "group", "age"])
    frame["holders"] = [int(text) for text in HOLDERS.split()]
    frame["claims"] = [int(text) for text in CLAIMS.split()]
    return frame


def quine() -> pd.DataFrame:
    rows = []
    for cell in ABSENCES.split(";"):
        (ethnic, sex, age, learner), *days = cell.split()
        rows += [(ethnic, sex, int(age), learner, int(day)) for day in days]
    return pd.DataFrame(rows, columns=["ethnic", "sex", "age", "learner", "days"])


def housing() -> pd.DataFrame:
    """One row a resident."""
    cells = list(product(range(2), range(4), range(3), range(3)))
    frame = pd.DataFrame(cells, columns=["contact", "type", "influence", "satisfied"])
    times = [int(text) for text in RESIDENTS.split()]
    return frame.loc[np.repeat(frame.index, times)].reset_index(drop=True)


def endometrial() -> pd.DataFrame:
    rows = []
    for patient in ENDOMETRIAL.split(";"):
        (new, grade), pulsality, height = patient.split()
        rows.append((int(new), float(pulsality), float(height), int(grade)))
    return pd.DataFrame(rows, columns=["NV", "PI", "EH", "HG"])
