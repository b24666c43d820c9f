"""What the test writes beside the data of a lake."""

import datetime
import json
import os

UTC = datetime.timezone.utc


def expected(root):
    """What the readers are to find: rows and columns by signal."""
    with open(os.path.join(root, "_meta", "expected.json"), encoding="utf-8") as f:
        return json.load(f)


def split(lines):
    """The statements of a document, without its comments."""
    text = "".join(line for line in lines if not line.startswith("--"))
    return [s for s in (part.strip() for part in text.split(";\n")) if s]


def statements(root, name):
    """The statements that the exporter writes beside the data."""
    with open(os.path.join(root, "_meta", "v1", name + ".sql"), encoding="utf-8") as f:
        return split(f)
