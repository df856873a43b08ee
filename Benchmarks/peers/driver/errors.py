class CompareError(Exception):
    """What was wrong, where, and what to do about it, in one line."""
