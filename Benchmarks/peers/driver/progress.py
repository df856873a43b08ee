"""Progress on standard error."""

import os
import sys


class Progress:
    """Steps write over each other on a terminal and are lines elsewhere; notes stay. Nothing at all when quiet."""

    def __init__(self, quiet):
        self._quiet, self._terminal = quiet, sys.stderr.isatty()

    def step(self, text):
        if self._terminal and not self._quiet:
            width = os.get_terminal_size(sys.stderr.fileno()).columns
            print(f"\r{text[: width - 1]:<{width - 1}}", end="", file=sys.stderr, flush=True)
        else:
            self.note(text)

    def note(self, text):
        if not self._quiet:
            self.clear()
            print(text, file=sys.stderr, flush=True)

    def clear(self):
        """Takes the step away from the terminal, before anything else is printed."""
        if self._terminal and not self._quiet:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
