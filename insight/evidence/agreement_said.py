"""Agreement of coders in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["said_of_agreement"]


def said_of_agreement(agreement: pd.DataFrame) -> list[str]:
    """Return a sentence for each component.

    Parameters
    ----------
    agreement
        What :func:`insight.evidence.kappa.agreement_by_component` returned.

    Examples
    --------
    >>> row = {"units": 13, "exact_agreement": 0.5, "alpha": 0.7, "alpha_low": 0.4,
    ...        "alpha_high": 0.9, "kappa_linear": None, "kappa_quadratic": 0.8}
    >>> said_of_agreement(pd.DataFrame([row], index=["value"]))[0]
    'value: 13 places rated twice, 50 % alike; ordinal alpha 0.70 (0.40 to 0.90); weighted kappa 0.80 (quadratic).'
    """  # noqa: E501 - one sentence
    return [_sentence(name, row) for name, row in agreement.iterrows()]


def _sentence(name: Hashable, row: pd.Series[float]) -> str:
    if not row["units"]:
        return f"{name}: no place was rated twice, so nothing shows agreement."
    alike = 100 * row["exact_agreement"]
    parts = [f"{name}: {row['units']:.0f} places rated twice, {alike:.0f} % alike"]
    if pd.isna(row["alpha"]):
        parts.append("no alpha, as all levels are one")
    else:
        spread = f"{row['alpha_low']:.2f} to {row['alpha_high']:.2f}"
        spread = "no interval" if pd.isna(row["alpha_low"]) else spread
        parts.append(f"ordinal alpha {row['alpha']:.2f} ({spread})")
    kappas = [
        f"{row[f'kappa_{weights}']:.2f} ({weights})"
        for weights in ("linear", "quadratic")
        if pd.notna(row[f"kappa_{weights}"])
    ]
    if kappas:
        parts.append(f"weighted kappa {', '.join(kappas)}")
    return "; ".join(parts) + "."
