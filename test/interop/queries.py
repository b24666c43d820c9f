"""Runs the queries of docs/queries with every engine, each in the engine's variant if there is one, and compares
the answers.

usage: queries.py LAKE QUERIES READER...
"""

import glob
import math
import os
import re
import sys

from engines import ENGINES

SLACK = 0.03  # How far off approx_percentile may be: the rank's share of all rows.


def same(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9)
    return a == b


def read(path):
    with open(path, encoding="utf-8") as f:
        return "".join(line for line in f if not line.startswith("--")).strip().rstrip(";")


def difference(first, rows):
    """Where rows differ from the first engine's, or None."""
    if len(rows) != len(first):
        return f"{len(rows)} rows, not {len(first)}"
    pairs = [(a, b) for a, b in zip(first, rows) if len(a) != len(b) or not all(map(same, a, b))]
    return f"{pairs[0][1]}, not {pairs[0][0]}" if pairs else None


def percentiles(duckdb, sql, shift):
    """The exact answer of a query about percentiles, all of them shifted: by group, which is all but the percentiles."""

    def shifted(match):
        return f"{match[1]}{min(1, max(0, float(match[2]) + shift))}"

    rows = duckdb.query(re.sub(r"(quantile_cont\(\w+, )([0-9.]+)", shifted, sql))
    return {row[:-2]: row[-2:] for row in rows}


def rough_difference(duckdb, sql, rows):
    """Where approximate percentiles are not near the exact ones, or None."""
    low, high = percentiles(duckdb, sql, -SLACK), percentiles(duckdb, sql, SLACK)
    if sorted(low) != sorted(row[:-2] for row in rows):
        return "other groups"
    for row in rows:
        if not all(a <= x <= b for a, x, b in zip(low[row[:-2]], row[-2:], high[row[:-2]])):
            return f"{row}, not between {low[row[:-2]]} and {high[row[:-2]]}"
    return None


def main(root, directory, *names):
    engines = {name: ENGINES[name](root) for name in names if name in ENGINES}
    if not engines:
        print("none of the readers answers SQL")
        return 0
    wrong = 0
    for path in sorted(glob.glob(os.path.join(directory, "*.sql"))):
        query = os.path.basename(path).removesuffix(".sql")
        if "." in query:
            continue
        first, different = [], {}
        for name, engine in engines.items():
            variant = os.path.join(directory, f"{query}.{engine.name}.sql")
            sql = read(variant if os.path.exists(variant) else path)
            rows = engine.query(sql)
            first = first or rows
            if "approx_percentile" in sql:
                different[name] = rough_difference(engines["duckdb"], read(path), rows)
            else:
                different[name] = difference(first, rows)
            if different[name]:
                print(f"{query}: {name} answers {different[name]}")
        agree = bool(first) and not any(different.values())
        wrong += not agree
        print(f"{query}: {len(first)} rows, {'equal' if agree else 'DIFFERENT'} in {', '.join(engines)}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
