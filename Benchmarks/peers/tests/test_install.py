import pathlib
import tempfile
import unittest

from peers.driver import install
from peers.driver.catalogue import ENVIRONMENTS, PEERS, REQUIREMENTS, WORKERS


class InstallTests(unittest.TestCase):
    def test_every_step_is_done_once(self):
        steps = install.steps(ENVIRONMENTS["vllm"])
        self.assertEqual(len(steps), 2)
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder)
            install._mark(target, steps[0][1])
            self.assertEqual(install._left(target, steps), steps[1:])
            install._mark(target, steps[1][1])
            self.assertEqual(install._left(target, steps), [])

    def test_other_pins_are_another_step(self):
        with tempfile.TemporaryDirectory() as folder:
            pins = pathlib.Path(folder) / "pins.txt"
            pins.write_text("a==1\n")
            first = install._key(["install", "-r", str(pins)])
            pins.write_text("a==2\n")
            self.assertNotEqual(first, install._key(["install", "-r", str(pins)]))

    def test_everything_is_pinned(self):
        for environment in ENVIRONMENTS.values():
            lines = (REQUIREMENTS / environment.requirements).read_text().splitlines()
            packages = [line for line in lines if line and not line.startswith("#")]
            self.assertTrue(packages)
            for package in (*packages, *environment.first):
                self.assertRegex(package, r"^[A-Za-z0-9_.\-]+(\[[a-z]+\])?==[^=\s]+$")

    def test_every_peer_has_its_worker_and_environment(self):
        for peer in PEERS.values():
            self.assertTrue((WORKERS / peer.worker).exists(), peer.worker)
            self.assertIn(peer.environment, ENVIRONMENTS)
