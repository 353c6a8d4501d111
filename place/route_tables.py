"""The contracts of money on its way: transfers, own income, control, programmes."""

from __future__ import annotations

from typing import Final

from place.contract import Column, Contract, must, texts

__all__ = ["TRANSFER_KINDS", "control", "own_income", "programmes", "transfers"]

TRANSFER_KINDS: Final = ("transfer", "final spend")
WORST: Final = 2  # the highest score of a factor that weakens control


def transfers() -> Contract:
    """Return the contract of money passed from one body to another.

    Examples
    --------
    >>> [column.name for column in transfers().columns if column.required]
    ['payer', 'payee', 'amount_pounds']
    """
    return Contract(
        name="transfers",
        row_is="money passed from one body to another; below nought, money returned",
        unlocks="the funding route, from source to final spender",
        columns=(
            *must(("payer", "from whom"), ("payee", "to whom")),
            Column(name="amount_pounds", note="amount", kind="pounds", required=True),
            *texts(
                ("programme", "for what"),
                ("conditions", "ring-fence or terms"),
                ("period", "such as 2008-09"),
            ),
            Column(
                name="kind",
                note="final spend: the payee spends it and has no line of spend",
                one_of=TRANSFER_KINDS,
            ),
            Column(
                name="distribution_cost_pounds",
                note="what passing it on costs the payer, in no line of spend",
                kind="pounds",
                least=0,
            ),
        ),
        rules=(("payer <> payee", "goes from a body to itself"),),
    )


def own_income() -> Contract:
    """Return the contract of money that a body raises itself.

    Examples
    --------
    >>> [column.name for column in own_income().columns]
    ['body', 'amount_pounds', 'source', 'period']
    """
    return Contract(
        name="own_income",
        row_is="money that a body raises itself, such as council tax or fees",
        unlocks="a funding route whose money in and money out can agree",
        columns=(
            *must(("body", "whose it is")),
            Column(
                name="amount_pounds", note="", kind="pounds", required=True, least=0
            ),
            *texts(("source", "as spend names it"), ("period", "such as 2008-09")),
        ),
        key=("body", "source", "period"),
    )


def control() -> Contract:
    """Return the contract of what weakens local control of lines of spend.

    Examples
    --------
    >>> [column.name for column in control().columns][:3]
    ['programme', 'body', 'cofog']
    """
    scores = (
        ("statutory_duty", "duties in law: 0 none, 1 in part, 2 decide"),
        ("central_targets", "central targets or standards: 0 to 2"),
        ("conditions", "ring-fence or funding conditions: 0 to 2"),
        ("intermediaries", "bodies in between: 0 none, 1 one, 2 more; or from routes"),
    )
    return Contract(
        name="control",
        row_is="what weakens local control of a programme, a body or a function",
        unlocks="the spectrum of local control",
        columns=(
            *texts(
                ("programme", "of lines that it holds for; or leave empty"),
                ("body", "of lines that it holds for; or leave empty"),
                ("cofog", "division or group that it holds for; or leave empty"),
            ),
            *(
                Column(name=name, note=note, kind="integer", least=0, most=WORST)
                for name, note in scores
            ),
            *texts(("reason", "the law, target or condition")),
        ),
        key=("programme", "body", "cofog"),
        rules=(
            (
                "programme IS NOT NULL OR body IS NOT NULL OR cofog IS NOT NULL",
                "names neither programme nor body nor cofog",
            ),
            (
                " OR ".join(f"{name} IS NOT NULL" for name, _ in scores),
                "scores none of the four factors",
            ),
        ),
    )


def programmes() -> Contract:
    """Return the contract of funding programmes: what for, and for whom.

    Examples
    --------
    >>> [column.name for column in programmes().columns if column.required]
    ['programme', 'aim', 'beneficiaries']
    """
    return Contract(
        name="programmes",
        row_is="a funding programme, its aims and whom it is for",
        unlocks="programmes that serve one aim for one group of people",
        columns=(
            *must(
                ("programme", "name of the programme"),
                ("aim", "aims, separated by ;"),
                ("beneficiaries", "groups it is for, separated by ;"),
            ),
            *texts(("source", "who funds it"), ("body", "who spends it")),
            Column(name="amount_pounds", note="a year", kind="pounds"),
            *texts(("period", "such as 2008-09")),
        ),
        key=("programme", "source", "body", "period"),
    )
