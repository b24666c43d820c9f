"""Reads every column of every signal with every reader and compares what they found: numbers of nulls, of list
entries, of bytes of text, of true values and of NaN, and sums of numbers and times.

usage: columns.py LAKE
"""

import datetime
import glob
import json
import math
import os
import sys

import polars
import pyarrow
import pyarrow.parquet

from engines import ENGINES, UTC

UNIQUE = "pyarrow, unique keys"
LARGE = 1e15  # Sums of larger doubles depend on the order.
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def kind(t):
    if pyarrow.types.is_timestamp(t):
        return "time"
    if pyarrow.types.is_boolean(t):
        return "bool"
    if pyarrow.types.is_floating(t):
        return "double"
    if pyarrow.types.is_integer(t):
        return "integer"
    if pyarrow.types.is_map(t):
        return "map"
    if pyarrow.types.is_list(t):
        return "list"
    if pyarrow.types.is_struct(t):
        return "struct"
    assert pyarrow.types.is_string(t), t
    return "text"


def micros(v):
    return (v - EPOCH) // datetime.timedelta(microseconds=1)


def measure_values(found, path, t, values, unique):
    """Measures values that a library has read into Python. If unique, only the last of equal keys counts."""
    k, present = kind(t), [v for v in values if v is not None]
    if k == "struct":
        for f in t:
            measure_values(found, f"{path}.{f.name}", f.type, [v[f.name] for v in present], unique)
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
        measure_values(found, path + "[]", t.value_type, [e for v in present for e in v], unique)
    elif k == "map":
        entries = [e for v in present for e in (dict(v).items() if unique else v)]
        found[path, "size"] = len(entries)
        measure_values(found, path + ".key", t.key_type, [e[0] for e in entries], unique)
        measure_values(found, path + ".value", t.item_type, [e[1] for e in entries], unique)


def library(read, unique):
    """A reader whose values are measured in Python."""

    def measure(files, schema):
        columns = {f.name: [] for f in schema}
        for file in files:
            table = read(file)
            for name, values in columns.items():
                values.extend(table[name].to_pylist())
        found = {}
        for f in schema:
            measure_values(found, f.name, f.type, columns[f.name], unique)
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
    """Measures fields, which are (path, type, expression), of a table or subquery."""
    names, sql = [], []
    for path, t, e in fields:
        for name, text in measures(engine, kind(t), e):
            names.append((path, name))
            sql.append(text)
    row = engine.query(f"SELECT {', '.join(sql)} FROM {source}" + ("" if source.isidentifier() else " AS s"))[0]
    found.update({name: value or 0 for name, value in zip(names, row)})
    for path, t, e in fields:
        if kind(t) == "map":
            for part, part_type in (("key", t.key_type), ("value", t.item_type)):
                function = f"map{part.title()}s" if engine.name == "clickhouse" else f"map_{part}s"
                nested = engine.explode.format(f"{function}({e})", source)
                measure_source(engine, found, nested, [(f"{path}.{part}", part_type, "x")])
        elif kind(t) == "list":
            nested, item = engine.explode.format(e, source), t.value_type
            parts = [(path + "[]", item, "x")]
            if kind(item) == "struct":
                parts = [(f"{path}[].{f.name}", f.type, engine.field(f.name)) for f in item]
            measure_source(engine, found, nested, parts)


def compare(signal, results, lists):
    """Prints every disagreement and returns their number."""
    wrong = 0
    readers = list(results)
    for key in sorted(results[readers[0]]):
        path, name = key
        values = {}
        for reader in readers:
            if not (name == "nulls" and path in lists.get(reader, ())):
                values[reader] = results[reader][key]
        first = next(iter(values.values()))
        if not all(math.isclose(first, v, rel_tol=1e-9) if isinstance(v, float) else first == v for v in values.values()):
            wrong += 1
            print(f"{signal}: {name} of {path} differ: {values}")
    for reader in readers:
        if set(results[reader]) != set(results[readers[0]]):
            wrong += 1
            print(f"{signal}: {reader} found other columns: {set(results[reader]) ^ set(results[readers[0]])}")
    return wrong


def read_pyarrow(file):
    return pyarrow.parquet.ParquetFile(file).read()


def main(root):
    with open(os.path.join(root, "_meta", "rows.json"), encoding="utf-8") as f:
        rows = json.load(f)
    engines = [engine(root) for engine in ENGINES]
    libraries = {
        f"pyarrow {pyarrow.__version__}": library(read_pyarrow, unique=False),
        # A polars map has each key once. It is compared with pyarrow's maps without all but the last of equal keys.
        UNIQUE: library(read_pyarrow, unique=True),
        f"polars {polars.__version__}": library(lambda file: polars.read_parquet(file).to_arrow(), unique=True),
    }
    wrong = 0
    for signal in sorted(rows):
        files = sorted(glob.glob(os.path.join(root, signal, "v1", "*", "*", "*", "*.parquet")))
        schema = pyarrow.parquet.read_schema(files[0])
        results, lists = {}, {}
        for name, measure in libraries.items():
            results[name] = measure(files, schema)
        for engine in engines:
            found, quote = {}, engine.quote
            measure_source(engine, found, signal, [(f.name, f.type, quote + f.name + quote) for f in schema])
            name = f"{engine.name} {engine.version}"
            results[name] = found
            if not engine.null_lists:
                lists[name] = {f.name for f in schema if kind(f.type) == "list"}
            count = engine.query(f"SELECT count(*) FROM {signal}")[0][0]
            if count != rows[signal]:
                wrong += 1
                print(f"{signal}: {name} counts {count} rows, {rows[signal]} were written")
        polars_maps = {name: found for name, found in results.items() if name == UNIQUE or name.startswith("polars")}
        wrong += compare(signal, polars_maps, lists)
        wrong += compare(signal, {name: found for name, found in results.items() if name not in polars_maps}, lists)
        print(f"{signal}: {rows[signal]} rows, {len(schema)} columns, {len(next(iter(results.values())))} measures by {', '.join(results)}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
