"""Trino, asked over HTTP: TRINO_URI is a server whose catalog "hive" finds the lake."""

import datetime
import json
import os
import urllib.request

from lake import UTC, expected, statements

EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"


class Trino:
    """Tables that take the stream's name from the query, as they are generated without --streams."""

    name = "trino"
    document = "trino"
    quote = '"'
    # There are no functions for microseconds: whole seconds, and the digits after the point.
    time = "date_diff('second', " + EPOCH + ", date_trunc('second', {0})) * 1000000 + CAST(substr(CAST({0} AS varchar), -6) AS bigint)"
    integer = "sum(CAST({} AS decimal(38, 0)))"
    text = "sum(length(to_utf8({})))"
    list_size = "sum(cardinality({}))"
    map_size = "sum(cardinality({}))"
    is_nan = "is_nan({})"
    # UNNEST makes a column of each field of a row, unless that is a row's only field.
    explode = "(SELECT u.x FROM {1} CROSS JOIN UNNEST(transform({0}, e -> ROW(e))) AS u (x))"
    null_lists = True

    def __init__(self, root):
        self.schema = f"{os.path.basename(root)}_{self.document}".replace("-", "_")
        (day,) = expected(root)["days"]
        self.table = f"(SELECT * FROM {{}} WHERE dt = '{day}')"
        self.query(f"CREATE SCHEMA IF NOT EXISTS hive.{self.schema}")
        for statement in statements(root, self.document):
            self.query(statement)
        self.version = self.query("SELECT node_version FROM system.runtime.nodes")[0][0]

    def query(self, sql):
        headers = {
            "X-Trino-User": "interop",
            "X-Trino-Catalog": "hive",
            "X-Trino-Schema": self.schema,
            "X-Trino-Time-Zone": "UTC",
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",  # Otherwise times are rounded to milliseconds.
        }
        request = urllib.request.Request(os.environ["TRINO_URI"] + "/v1/statement", sql.strip().rstrip(";").encode(), headers)
        rows = []
        while request:
            with urllib.request.urlopen(request) as response:
                answer = json.load(response)
            if "error" in answer:
                raise RuntimeError(f"{answer['error']['message']}: {sql}")
            if "data" in answer:
                convert = [self.converter(column["type"]) for column in answer["columns"]]
                rows += [tuple(None if v is None else f(v) for f, v in zip(convert, row)) for row in answer["data"]]
            request = answer.get("nextUri")
        return rows

    @staticmethod
    def converter(type_name):
        if type_name.startswith("timestamp"):
            return lambda v: datetime.datetime.fromisoformat(v).replace(tzinfo=UTC)
        if type_name.startswith("decimal"):
            return int
        if type_name == "double":
            return float
        return lambda v: v

    def field(self, name):
        return f'x."{name}"'


class TrinoListed(Trino):
    """Tables that list the streams, so that a query may read all of them."""

    document = "trino-listed"
