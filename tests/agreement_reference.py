#!/usr/bin/env python3
"""Writes tests/fixtures/agreement.json: double-coded data made up from a seed, and what statsmodels and krippendorff say of it.

Run with the packages pinned in tests/agreement_requirements.txt, when cases are added:
    python3 -m venv target/agreement && target/agreement/bin/pip install -r tests/agreement_requirements.txt
    target/agreement/bin/python tests/agreement_reference.py
The tests hold `domain::agreement` against the file, so they need neither package.
"""
import json
import random
import warnings
from pathlib import Path

import krippendorff
import numpy
from statsmodels.stats.inter_rater import cohens_kappa

FILE = Path(__file__).resolve().parent / "fixtures" / "agreement.json"


def masi(one, other, _level_of_measurement=None):
    """1 - J x M, written again from Passonneau's definition."""
    if one == other:
        return 0.0
    shared = len(one & other)
    monotone = 0.0 if not shared else 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / len(one | other) * monotone


def percent(rows):
    """The share of pairs of coders at one answer that agree."""
    pairs = agreed = 0
    for row in rows:
        coded = [code for code in row if code is not None]
        for place, one in enumerate(coded):
            for other in coded[place + 1:]:
                pairs += 1
                agreed += one == other
    return agreed / pairs if pairs else None


def kappa(rows):
    """statsmodels, over the answers that both coded; none where there is nothing to tell from chance."""
    both = [(row[0], row[1]) for row in rows if row[0] is not None and row[1] is not None]
    codes = sorted({code for pair in both for code in pair})
    if len(codes) < 2:
        return None
    table = numpy.zeros((len(codes), len(codes)))
    for one, other in both:
        table[codes.index(one), codes.index(other)] += 1
    return float(cohens_kappa(table, return_results=False))


def alpha(rows):
    """krippendorff, nominal; none where all codes that can be paired are the same."""
    paired = [row for row in rows if sum(code is not None for code in row) > 1]
    codes = sorted({code for row in paired for code in row if code is not None})
    if len(codes) < 2:
        return None
    data = [[numpy.nan if row[coder] is None else codes.index(row[coder]) for row in rows] for coder in range(len(rows[0]))]
    return float(krippendorff.alpha(reliability_data=numpy.array(data, dtype=float), level_of_measurement="nominal"))


def set_alpha(rows):
    """krippendorff with a distance of our own: each set is a value of the domain."""
    paired = [row for row in rows if sum(code is not None for code in row) > 1]
    kinds = sorted({frozenset(code) for row in paired for code in row if code is not None}, key=sorted)
    if len(kinds) < 2:
        return None
    counts = numpy.array([[sum(code is not None and frozenset(code) == kind for code in row) for kind in kinds] for row in rows])

    def distance(one, other, i1, i2, n_v, dtype=numpy.float64):
        """What krippendorff asks of a distance: two arrays of places in the domain, and one of distances."""
        places = numpy.broadcast_arrays(i1, i2)
        return numpy.vectorize(lambda a, b: masi(kinds[int(a)], kinds[int(b)]))(*places).astype(dtype)

    domain = numpy.arange(len(kinds))
    return float(krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=distance))


def coders(chance, codes, answers, columns, agree, missing):
    """Codes of several coders: the second and later follow the first as often as `agree`, and leave out as often as `missing`."""
    rows = []
    for _ in range(answers):
        truth = chance.choice(codes)
        row = [truth if chance.random() < agree else chance.choice(codes) for _ in range(columns)]
        rows.append([None if chance.random() < missing else code for code in row])
    return rows


def sets(chance, themes, answers, columns, missing):
    """Sets of themes that resemble each other."""
    rows = []
    for _ in range(answers):
        truth = {theme for theme in themes if chance.random() < 0.35}
        row = [sorted({theme for theme in themes if (theme in truth) != (chance.random() < 0.15)}) for _ in range(columns)]
        rows.append([None if chance.random() < missing else code for code in row])
    return rows


def main():
    """Makes the cases and writes the file."""
    chance = random.Random(20221031)
    letters = ["access", "cost", "fairness", "travel"]
    nominal = {
        "the ten answers of rule 7.3": [list(pair) for pair in zip("1100000000", "0110010100")],
        "a table of 20, 5, 10 and 15": [["y", "y"]] * 20 + [["y", "n"]] * 5 + [["n", "y"]] * 10 + [["n", "n"]] * 15,
        "two coders, four codes": coders(chance, letters, 300, 2, 0.7, 0.0),
        "two coders, some answers missing": coders(chance, letters, 200, 2, 0.8, 0.15),
        "four coders, many missing": coders(chance, letters, 150, 4, 0.6, 0.4),
        "one code only": [["cost", "cost"] for _ in range(12)],
        "a coder who always says no": [[chance.choice("yn"), "n"] for _ in range(60)],
        "a rare code": [["y" if chance.random() < 0.03 else "n" for _ in range(2)] for _ in range(400)],
        "no answer coded twice": [["cost", None], [None, "travel"], [None, None]],
        "worse than chance": [["y", "n"], ["n", "y"], ["y", "n"], ["n", "y"], ["y", "y"]],
    }
    valued = {
        "two coders": sets(chance, letters, 200, 2, 0.0),
        "three coders, some missing": sets(chance, letters, 120, 3, 0.25),
        "all of them the same": [[["cost"], ["cost"]] for _ in range(8)],
        "empty sets among them": [[[], ["cost"]], [[], []], [["cost", "travel"], ["cost"]], [["travel"], None]],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cases = [{"name": name, "rows": rows, "percent": percent(rows), "kappa": kappa(rows) if len(rows[0]) == 2 else None,
                  "alpha": alpha(rows)} for name, rows in nominal.items()]
        set_cases = [{"name": name, "rows": rows, "alpha": set_alpha(
            [[None if code is None else set(code) for code in row] for row in rows])} for name, rows in valued.items()]
    FILE.write_text(json.dumps({"nominal": cases, "sets": set_cases}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"agreement_reference: {len(cases)} + {len(set_cases)} cases in {FILE.name}")


if __name__ == "__main__":
    main()
