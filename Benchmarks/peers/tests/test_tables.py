import pathlib
import tempfile
import unittest

from peers.driver import reports, tables
from peers.driver.ratios import Result
from peers.driver.works import named

TITLES = {"llama.cpp": "llama.cpp", "vllm": "vLLM", "pytorch": "PyTorch"}


def result(work, peer, form, ours, theirs, others=0.0, ours_form=None):
    made = Result(named([work])[0], peer, form, ours_form or form, engine="engine 2")
    made.add(ours, theirs, [{"others": others, "stolen": 0.0}])
    return made


DESCRIPTION = {"machine": "a machine", "threads": 2, "spyre": "1.0", "date": "2026-01-01"}
RESULTS = [
    result("prefill512", "llama.cpp", "bf16", 1300.0, 650.0),
    result("prefill512", "llama.cpp", "q4_0", 1700.0, 680.0, ours_form="q4_1"),
    result("prefill512", "vllm", "bf16-directory", 1400.0, 1000.0, others=0.5, ours_form="bf16-directory"),
    result("gemm:bfloat16:8x16x32", "pytorch", "bfloat16", 400.0, 200.0),
]


class TableTests(unittest.TestCase):
    def test_markdown_has_a_line_per_work_and_file_and_a_column_per_peer(self):
        self.assertEqual(tables.markdown(RESULTS, TITLES).splitlines(), [
            "| work | file | spyre | llama.cpp | vLLM |",
            "|---|---|---:|---:|---:|",
            "| prefill 512 | bf16 | 1,350 tok/s | **2.00** (650) | **1.40**\\* (1,000) |",
            "| prefill 512 | q4_1 / q4_0 | 1,700 tok/s | **2.50** (680) |  |",
            "",
            "| M×N×K | type | spyre | PyTorch |",
            "|---|---|---:|---:|",
            "| 8x16x32 | bfloat16 | 400 GFLOP/s | **2.00** (200) |",
        ])

    def test_text_marks_disturbed_rows_and_says_why(self):
        lines = tables.text(RESULTS, TITLES).splitlines()
        self.assertEqual([line for line in lines[1:5] if "*" in line], [lines[3]])
        self.assertTrue(lines[-1].startswith("* others took"))
        self.assertNotIn("*", tables.text(RESULTS[:2], TITLES))

    def test_saved_results_give_the_same_tables(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "results.jsonl"
            writer = reports.Writer(path, to_output=False)
            writer.write(DESCRIPTION)
            for made in RESULTS:
                writer.write(made.row())
            writer.close()
            description, read = reports.read(path)
        self.assertEqual(tables.text(read, TITLES), tables.text(RESULTS, TITLES))
        self.assertEqual(tables.markdown(read, TITLES), tables.markdown(RESULTS, TITLES))
        self.assertEqual(tables.caption(description, read), tables.caption(DESCRIPTION, RESULTS))

    def test_caption_names_what_the_figures_come_from(self):
        self.assertEqual(tables.caption(DESCRIPTION, RESULTS),
                         "a machine; 2 threads; spyre 1.0; engine 2; medians of 1 pair; 2026-01-01")

    def test_other_files_are_refused(self):
        from peers.driver.errors import CompareError

        with self.assertRaises(CompareError):
            reports.read(pathlib.Path(__file__))
