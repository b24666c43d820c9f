"""Runs the queries of docs/queries with every engine, each in the engine's variant if there is one, and compares
the answers.

usage: queries.py LAKE QUERIES
"""

import glob
import math
import os
import sys

from engines import ENGINES


def same(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9)
    return a == b


def read(path):
    with open(path, encoding="utf-8") as f:
        return "".join(line for line in f if not line.startswith("--")).strip().rstrip(";")


def main(root, directory):
    engines = [engine(root) for engine in ENGINES]
    wrong = 0
    for path in sorted(glob.glob(os.path.join(directory, "*.sql"))):
        query = os.path.basename(path).removesuffix(".sql")
        if "." in query:
            continue
        answers = {}
        for engine in engines:
            variant = os.path.join(directory, f"{query}.{engine.name}.sql")
            answers[engine.name] = engine.query(read(variant if os.path.exists(variant) else path))
        first = answers[engines[0].name]
        agree = bool(first)
        for name, rows in answers.items():
            if len(rows) != len(first) or not all(same(x, y) for a, b in zip(first, rows) for x, y in zip(a, b)):
                agree = False
                different = [(a, b) for a, b in zip(first, rows) if not all(map(same, a, b))]
                print(f"{query}: {name} answers {len(rows)} rows, duckdb {len(first)}; first difference {different[:1]}")
        wrong += not agree
        print(f"{query}: {len(first)} rows, {'equal' if agree else 'DIFFERENT'} in {', '.join(answers)}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
