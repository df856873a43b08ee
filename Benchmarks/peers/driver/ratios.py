"""Figures of alternating runs, and what their pairs say."""

import dataclasses
import statistics

DISTURBED = 0.15
"""Cores: from here on a run is marked, as others took a part of the machine while it ran."""


def disturbance(usage):
    """Cores that other processes, or other virtual machines, took during one run."""
    return usage["others"] + usage["stolen"]


@dataclasses.dataclass
class Result:
    """One work, on one form of the model or element type, against one peer."""

    work: object
    peer: str
    form: str
    """What the peer read: bf16, q8_0 …, or float32, bfloat16."""
    ours_form: str
    ours: list = dataclasses.field(default_factory=list)
    theirs: list = dataclasses.field(default_factory=list)
    usages: list = dataclasses.field(default_factory=list)
    details: set = dataclasses.field(default_factory=set)
    engine: str = ""
    """The peer's name and version as it tells them."""

    def add(self, ours, theirs, usages, detail=None):
        self.ours.append(ours)
        self.theirs.append(theirs)
        self.usages += usages
        if detail:
            self.details.add(detail)

    def ratios(self):
        """How many times better than the peer spyre was, pair by pair; a peer that starts once has one figure."""
        pairs = zip(self.ours, self.theirs)
        if self.work.smaller_is_better:
            return [theirs / ours for ours, theirs in pairs]
        return [ours / theirs for ours, theirs in pairs]

    @property
    def ratio(self):
        return statistics.median(self.ratios())

    @property
    def spread(self):
        return min(self.ratios()), max(self.ratios())

    @property
    def disturbance(self):
        """The most that others took from the machine in one run, in cores."""
        return max(map(disturbance, self.usages), default=0.0)

    def row(self):
        low, high = self.spread
        return {
            "work": self.work.name, "unit": self.work.unit, "peer": self.peer, "form": self.form,
            "spyre_form": self.ours_form, "pairs": len(self.ours),
            "spyre": significant(statistics.median(self.ours)), "theirs": significant(statistics.median(self.theirs)),
            "ratio": round(self.ratio, 3), "ratio_lowest": round(low, 3), "ratio_highest": round(high, 3),
            "spyre_runs": [significant(value) for value in self.ours],
            "their_runs": [significant(value) for value in self.theirs],
            "others_cores": round(self.disturbance, 2), "detail": ", ".join(sorted(self.details)),
            "engine": self.engine,
        }


def significant(value, digits=5):
    return float(f"{value:.{digits}g}")
