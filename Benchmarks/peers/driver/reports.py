"""Results as JSON lines: written as they come, read again for tables."""

import json
import sys

from .errors import CompareError
from .ratios import Result
from .works import named


class Writer:
    def __init__(self, path, to_output):
        self._streams = [sys.stdout] if to_output else []
        if path:
            try:
                self._streams.append(open(path, "w", encoding="utf-8"))
            except OSError as error:
                raise CompareError(f"{path}: cannot be written: {error.strerror}") from error

    def close(self):
        for stream in self._streams:
            if stream is not sys.stdout:
                stream.close()

    def write(self, row):
        for stream in self._streams:
            stream.write(json.dumps(row) + "\n")
            stream.flush()


def read(path):
    """The run's description and its results, from a file that a Writer made."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        description = next(row for row in rows if "machine" in row)
        return description, [_result(row) for row in rows if "ratio" in row]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise CompareError(f"{path}: is no file that run --save wrote: {error}") from error


def _result(row):
    result = Result(named([row["work"]])[0], row["peer"], row["form"], row["spyre_form"], engine=row["engine"])
    for ours, theirs in zip(row["spyre_runs"], row["their_runs"], strict=True):
        result.add(ours, theirs, [], row["detail"])
    result.usages = [{"others": row["others_cores"], "stolen": 0.0}]
    return result
