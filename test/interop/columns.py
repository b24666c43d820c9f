"""Reads every column of every signal with every reader and compares what they found: numbers of nulls, of list
entries, of bytes of text, of true values and of NaN, and sums of numbers and times.

usage: columns.py LAKE READER...
"""

import datetime
import glob
import math
import os
import sys

from engines import ENGINES
from lake import UTC, expected

UNIQUE = "pyarrow, unique keys"
LARGE = 1e15  # Sums of larger doubles depend on the order.
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
TEXT = {"kind": "text"}


def micros(v):
    return (v - EPOCH) // datetime.timedelta(microseconds=1)


def measure_values(found, path, column, values, unique):
    """Measures values that a library has read into Python. If unique, only the last of equal keys counts."""
    k, present = column["kind"], [v for v in values if v is not None]
    if k == "struct":
        for f in column["fields"]:
            measure_values(found, f"{path}.{f['name']}", f, [v[f["name"]] for v in present], unique)
        return
    found[path, "nulls"] = len(values) - len(present)
    if k == "time":
        found[path, "sum"] = sum(map(micros, present))
    elif k == "bool":
        found[path, "true"] = sum(present)
    elif k == "integer":
        found[path, "sum"] = sum(present)
    elif k == "double":
        found[path, "nan"] = sum(map(math.isnan, present))
        found[path, "sum"] = math.fsum(abs(v) for v in present if abs(v) < LARGE)
    elif k == "text":
        found[path, "bytes"] = sum(len(v.encode()) for v in present)
    elif k == "list":
        found[path, "size"] = sum(map(len, present))
        measure_values(found, path + "[]", column["item"], [e for v in present for e in v], unique)
    elif k == "map":
        entries = [e for v in present for e in (dict(v).items() if unique else v)]
        found[path, "size"] = len(entries)
        measure_values(found, path + ".key", TEXT, [e[0] for e in entries], unique)
        measure_values(found, path + ".value", TEXT, [e[1] for e in entries], unique)


def library(read, unique):
    """A reader whose values are measured in Python."""

    def measure(files, schema):
        values = {column["name"]: [] for column in schema}
        for file in files:
            table = read(file)
            for name in values:
                values[name].extend(table[name].to_pylist())
        found = {}
        for column in schema:
            measure_values(found, column["name"], column, values[column["name"]], unique)
        return found

    return measure


def measures(engine, k, e):
    """Names and SQL of the measures of an expression."""
    yield "nulls", f"sum(CASE WHEN {e} IS NULL THEN 1 ELSE 0 END)"
    if k == "time":
        yield "sum", engine.integer.format(engine.time.format(e))
    elif k == "bool":
        yield "true", f"sum(CASE WHEN {e} THEN 1 ELSE 0 END)"
    elif k == "integer":
        yield "sum", engine.integer.format(e)
    elif k == "double":
        yield "nan", f"sum(CASE WHEN {engine.is_nan.format(e)} THEN 1 ELSE 0 END)"
        yield "sum", f"sum(CASE WHEN abs({e}) < {LARGE:.0f} THEN abs({e}) END)"
    elif k == "text":
        yield "bytes", engine.text.format(e)
    elif k == "list":
        yield "size", engine.list_size.format(e)
    elif k == "map":
        yield "size", engine.map_size.format(e)


def measure_source(engine, found, source, fields):
    """Measures fields, which are (path, column, expression), of a table or subquery."""
    names, sql = [], []
    for path, column, e in fields:
        for name, text in measures(engine, column["kind"], e):
            names.append((path, name))
            sql.append(text)
    row = engine.query(f"SELECT {', '.join(sql)} FROM {source}" + ("" if source.isidentifier() else " AS s"))[0]
    found.update({name: value or 0 for name, value in zip(names, row)})
    for path, column, e in fields:
        if column["kind"] == "map":
            for part in ("key", "value"):
                function = f"map{part.title()}s" if engine.name == "clickhouse" else f"map_{part}s"
                nested = engine.explode.format(f"{function}({e})", source)
                measure_source(engine, found, nested, [(f"{path}.{part}", TEXT, "x")])
        elif column["kind"] == "list":
            nested, item = engine.explode.format(e, source), column["item"]
            parts = [(path + "[]", item, "x")]
            if item["kind"] == "struct":
                parts = [(f"{path}[].{f['name']}", f, engine.field(f["name"])) for f in item["fields"]]
            measure_source(engine, found, nested, parts)


def compare(signal, results, lists):
    """Prints every disagreement and returns their number."""
    wrong = 0
    readers = list(results)
    for key in sorted(results[readers[0]]) if readers else ():
        path, name = key
        values = {}
        for reader in readers:
            if not (name == "nulls" and path in lists.get(reader, ())):
                values[reader] = results[reader].get(key)
        first = next(iter(values.values()), None)
        if not all(math.isclose(first, v, rel_tol=1e-9) if isinstance(v, float) else first == v for v in values.values()):
            wrong += 1
            print(f"{signal}: {name} of {path} differ: {values}")
    for reader in readers:
        if set(results[reader]) != set(results[readers[0]]):
            wrong += 1
            print(f"{signal}: {reader} found other columns: {set(results[reader]) ^ set(results[readers[0]])}")
    return wrong


def load_libraries(names):
    """The libraries among the readers, as functions that measure files. polars needs pyarrow, too: a polars map has
    each key once, and is compared with pyarrow's maps without all but the last of equal keys."""
    libraries = {}
    if "pyarrow" in names:
        import pyarrow.parquet

        def read(file):
            return pyarrow.parquet.ParquetFile(file).read()

        libraries[f"pyarrow {pyarrow.__version__}"] = library(read, unique=False)
        if "polars" in names:
            import polars

            libraries[UNIQUE] = library(read, unique=True)
            libraries[f"polars {polars.__version__}"] = library(lambda file: polars.read_parquet(file).to_arrow(), unique=True)
    return libraries


def measure_signal(root, signal, schema, libraries, engines):
    """What each reader found in a signal, and for each reader without null lists which columns are lists."""
    files = sorted(glob.glob(os.path.join(root, signal, "v1", "*", "*", "*", "*.parquet")))
    results = {name: measure(files, schema) for name, measure in libraries.items()}
    lists = {}
    for engine in engines:
        found, quote = {}, engine.quote
        measure_source(engine, found, engine.table.format(signal), [(c["name"], c, quote + c["name"] + quote) for c in schema])
        name = f"{engine.name} {engine.version}"
        results[name] = found
        if not engine.null_lists:
            lists[name] = {c["name"] for c in schema if c["kind"] == "list"}
    return results, lists


def main(root, *names):
    libraries = load_libraries(names)
    engines = [ENGINES[name](root) for name in names if name in ENGINES]
    want, wrong = expected(root), 0
    for signal, rows in sorted(want["rows"].items()):
        schema = want["schema"][signal]
        results, lists = measure_signal(root, signal, schema, libraries, engines)
        for engine in engines:
            count = engine.query(f"SELECT count(*) FROM {engine.table.format(signal)} AS s")[0][0]
            if count != rows:
                wrong += 1
                print(f"{signal}: {engine.name} counts {count} rows, {rows} were written")
        polars_maps = {name: found for name, found in results.items() if name == UNIQUE or name.startswith("polars")}
        wrong += compare(signal, polars_maps, lists)
        wrong += compare(signal, {name: found for name, found in results.items() if name not in polars_maps}, lists)
        print(f"{signal}: {rows} rows, {len(schema)} columns, {len(next(iter(results.values())))} measures by {', '.join(results)}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
