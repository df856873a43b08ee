import pathlib
import stat
import sys
import tempfile
import unittest

from peers.driver.errors import CompareError
from peers.driver.ours import Spyre
from peers.driver.works import named

PROGRAM = """#!{python}
import json, sys
if sys.argv[1:] == ["bench", "--help"]:
    print("OPTIONS:\\n  throughput   no command\\nSUBCOMMANDS:\\n  latency        Times\\n       kernels here\\n")
elif sys.argv[1:3] == ["bench", "latency"]:
    print(json.dumps({{"prefill_tokens_per_second": 5.5, "decode_tokens_per_second": 2.5, "arguments": sys.argv}}))
elif sys.argv[1:3] == ["bench", "kernels"]:
    for shape, rate in (("1x2x3", 7.0), ("4x5x6", 9.0)):
        print(json.dumps({{"op": "matmul", "dtype": "float32", "shape": shape, "gops": rate}}))
else:
    print("progress, and no JSON")
"""


class SpyreTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "spyre"
        path.write_text(PROGRAM.format(python=sys.executable))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.spyre = Spyre(str(path), threads=2, repeat=3)

    def run_work(self, name):
        return self.spyre.run(named([name])[0].task, "model")[0]

    def test_latency(self):
        self.assertEqual(self.run_work("decode8"), {"prefill": 5.5, "decode": 2.5})

    def test_a_product_is_found_by_its_shape(self):
        self.assertEqual(self.run_work("gemm:float32:1x2x3"), {"gflops": 7.0})
        with self.assertRaisesRegex(CompareError, "no JSON object"):
            self.run_work("gemm:bfloat16:1x2x3")

    def test_other_output_is_an_error(self):
        with self.assertRaisesRegex(CompareError, "output_tokens_per_second"):
            self.run_work("throughput32")

    def test_benchmarks_that_this_build_lacks(self):
        works = named(["decode128", "throughput32", "ready", "gemm:float32:1x2x3"])
        self.assertEqual([work.name for work in self.spyre.lacks(works)], ["throughput32", "gemm:float32:1x2x3"])
