"""The engines that are asked in SQL: each runs the generated statements of a lake, then answers queries.

An engine returns rows of plain Python values: int, float, str, bool, None, and datetime in UTC.
"""

import datetime
import decimal
import json
import os

from lake import UTC, statements
from trino import Trino, TrinoListed


def plain(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


class DuckDB:
    name = "duckdb"
    table = "{}"
    quote = '"'
    time = "epoch_us({})"
    integer = "sum({})"
    text = "sum(strlen({}))"
    list_size = "sum(len({}))"
    map_size = "sum(cardinality({}))"
    is_nan = "isnan({})"
    explode = "(SELECT unnest({}) AS x FROM {})"
    null_lists = True

    def __init__(self, root):
        import duckdb

        self.version = duckdb.__version__
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        for statement in statements(root, self.name):
            self.connection.execute(statement)

    def query(self, sql):
        return [tuple(map(plain, row)) for row in self.connection.execute(sql).fetchall()]

    def field(self, name):
        return f'x."{name}"'


class ClickHouse:
    name = "clickhouse"
    table = "{}"
    quote = "`"
    time = "toUnixTimestamp64Micro({})"
    integer = "sum(toInt128({}))"
    text = "sum(length({}))"
    list_size = "sum(length({}))"
    map_size = "sum(length({}))"
    is_nan = "isNaN({})"
    explode = "(SELECT arrayJoin({}) AS x FROM {})"
    null_lists = False  # A null list is an empty one here.

    def __init__(self, root):
        import chdb
        from chdb import session

        self.version = chdb.__version__
        self.session = session.Session()
        for statement in statements(root, self.name):
            self.session.query(statement)

    def query(self, sql):
        answer = json.loads(self.session.query(sql.strip().rstrip(";"), "JSONCompact").bytes())
        convert = [self.converter(column["type"]) for column in answer["meta"]]
        return [tuple(None if v is None else f(v) for f, v in zip(convert, row)) for row in answer["data"]]

    @staticmethod
    def converter(type_name):
        for wrapper in ("LowCardinality(", "Nullable("):
            type_name = type_name.removeprefix(wrapper)
        if type_name.startswith("DateTime"):
            return lambda v: datetime.datetime.fromisoformat(v).replace(tzinfo=UTC)
        if type_name.startswith(("Int", "UInt")):
            return int
        if type_name.startswith("Float"):
            return float
        return lambda v: v

    def field(self, name):
        return f"tupleElement(x, '{name}')"


class Spark:
    name = "spark"
    table = "{}"
    quote = "`"
    time = "unix_micros({})"
    integer = "sum(cast({} AS decimal(38, 0)))"
    text = "sum(octet_length({}))"
    list_size = "sum(size({}))"
    map_size = "sum(size({}))"
    is_nan = "isnan({})"
    explode = "(SELECT explode({}) AS x FROM {})"
    null_lists = True

    def __init__(self, root):
        os.environ["TZ"] = "UTC"  # Rows come with times of this zone.
        import pyspark
        from pyspark.sql import SparkSession

        self.version = pyspark.__version__
        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.legacy.sizeOfNull": "false",
        }
        builder = SparkSession.builder.master("local[2]")
        for key, value in settings.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        for statement in statements(root, self.name):
            self.session.sql(statement)

    def query(self, sql):
        return [tuple(map(plain, row)) for row in self.session.sql(sql.strip().rstrip(";")).collect()]

    def field(self, name):
        return f"x.`{name}`"


# By the name that selects it. A reader is installed as the package of that name, ClickHouse as chdb and Spark as pyspark.
ENGINES = {"duckdb": DuckDB, "chdb": ClickHouse, "pyspark": Spark, "trino": Trino, "trino-listed": TrinoListed}
