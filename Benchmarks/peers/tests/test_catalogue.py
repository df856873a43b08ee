import pathlib
import unittest

from peers.driver.alternate import forms, paths
from peers.driver.catalogue import PEERS
from peers.driver.works import named


class FormTests(unittest.TestCase):
    def test_forms_are_those_of_the_peer_that_are_asked_for(self):
        works = named(["decode128"])
        self.assertEqual(forms(PEERS["llama.cpp"], works, []), ["bf16", "q8_0", "q4_1", "q4_0"])
        self.assertEqual(forms(PEERS["llama.cpp"], works, ["q4_0"]), ["q4_0"])
        self.assertEqual(forms(PEERS["vllm"], works, ["bf16"]), ["bf16-directory"])
        self.assertEqual(forms(PEERS["vllm"], works, ["q8_0"]), [])
        self.assertEqual(forms(PEERS["pytorch"], works, []), [])

    def test_libraries_run_the_types_that_are_asked_for(self):
        works = named(["gemm:bfloat16:1x2x3"])
        self.assertEqual(forms(PEERS["pytorch"], works, []), ["bfloat16"])
        self.assertEqual(forms(PEERS["openblas"], works, []), [])

    def test_q4_0_of_a_peer_stands_against_the_default_file(self):
        cache, default = pathlib.Path("cache"), pathlib.Path("default.gguf")
        theirs, ours, form = paths("q4_0", cache, default)
        self.assertEqual((theirs.name, ours, form), ("smollm2-135m-instruct.q4_0.gguf", default, "q4_1"))
        self.assertEqual(paths("float32", cache, default), (None, None, "float32"))
