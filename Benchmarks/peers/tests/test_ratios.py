import unittest

from peers.driver.ratios import Result, significant
from peers.driver.works import WORKS, named, tasks


def result(work, ours, theirs, others=0.0):
    made = Result(WORKS[work], "llama.cpp", "bf16", "bf16")
    for mine, their in zip(ours, theirs, strict=True):
        made.add(mine, their, [{"others": others, "stolen": 0.0}])
    return made


class RatioTests(unittest.TestCase):
    def test_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_medians(self):
        made = result("decode128", [10, 20, 90], [10, 40, 30])
        self.assertEqual(made.ratios(), [1.0, 0.5, 3.0])
        self.assertEqual(made.ratio, 1.0)
        self.assertEqual(made.spread, (0.5, 3.0))

    def test_times_are_better_when_smaller(self):
        self.assertEqual(result("ready", [0.5], [2.0]).ratio, 4.0)

    def test_the_worst_run_tells_how_much_others_took(self):
        made = result("decode128", [1], [1])
        made.add(1, 1, [{"others": 0.2, "stolen": 0.3}, {"others": 0.1, "stolen": 0.0}])
        self.assertAlmostEqual(made.disturbance, 0.5)

    def test_rows_keep_every_run(self):
        row = result("decode128", [110.0, 100.0], [100.0, 50.0]).row()
        self.assertEqual((row["ratio"], row["spyre"], row["theirs"], row["pairs"]), (1.55, 105.0, 75.0, 2))
        self.assertEqual(row["their_runs"], [100.0, 50.0])

    def test_significant_digits(self):
        self.assertEqual(significant(123456.7), 123460.0)
        self.assertEqual(significant(0.00123456), 0.0012346)


class WorkTests(unittest.TestCase):
    def test_one_task_yields_prefill_and_decode(self):
        groups = tasks(named(["prefill512", "decode128", "decode8"]))
        names = [[work.name for work in group] for group in groups]
        self.assertEqual(names, [["prefill512", "decode128"], ["decode8"]])

    def test_products_are_named_by_type_and_shape(self):
        work, = named(["gemm:bfloat16:1x4096x64"])
        self.assertEqual(work.task, {"task": "gemm", "m": 1, "n": 4096, "k": 64, "dtype": "bfloat16"})

    def test_unknown_names_are_refused(self):
        from peers.driver.errors import CompareError

        for name in ("decode", "gemm:int4:1x2x3", "gemm:float32:0x2x3", "gemm:float32:1x2"):
            with self.assertRaises(CompareError, msg=name):
                named([name])

    def test_names_given_twice_run_once(self):
        self.assertEqual(len(named(["decode8", "all", "decode8"])), len(named(["all"])))
