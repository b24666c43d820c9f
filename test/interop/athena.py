"""Parses statements for Athena as Hive does, whose grammar Athena's documentation refers to. Spark brings Hive's parser.

usage: athena.py FILE...
"""

import sys

from py4j.protocol import Py4JJavaError
from pyspark.java_gateway import launch_gateway

from lake import split


def main(*paths):
    parser = launch_gateway().jvm.org.apache.hadoop.hive.ql.parse.ParseDriver()
    wrong = 0
    for path in paths:
        with open(path, encoding="utf-8") as f:
            found = split(f)
        for statement in found:
            try:
                parser.parse(statement)
            except Py4JJavaError as err:
                wrong += 1
                print(f"{path}: {err.java_exception.getMessage()}: {statement}")
        print(f"{path}: {len(found)} statements")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
