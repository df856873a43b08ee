"""Packs float32 rows as ggml's Q4_K and Q6_K super-blocks, which the gguf package can only read.

Layouts: see `gguf.quants` (its dequantisation checks what is packed here). Scales are chosen simply, by extremes: the
fixtures need blocks that use every field, not the best possible rounding.
"""

import numpy as np


def _halves(values):
    return values.astype(np.float16).view(np.uint8).reshape(len(values), 2)


def _divide(values, steps):
    return np.divide(values, steps, out=np.zeros_like(values), where=steps != 0)


def pack_q4_k(rows):
    """[n, k] float32 -> [n, k / 256 * 144] bytes: d, dmin, 6-bit scales and minima, nibbles."""
    x = rows.reshape(-1, 8, 32).astype(np.float32)
    low = np.maximum(-x.min(axis=2), 0)
    step = (x.max(axis=2) + low) / 15
    d = (step.max(axis=1) / 63).astype(np.float16).astype(np.float32)
    dmin = (low.max(axis=1) / 63).astype(np.float16).astype(np.float32)
    s = np.clip(np.rint(_divide(step, d[:, None] + 0 * step)), 0, 63).astype(np.uint8)
    m = np.clip(np.rint(_divide(low, dmin[:, None] + 0 * low)), 0, 63).astype(np.uint8)
    steps = (d[:, None] * s)[:, :, None] + 0 * x
    q = np.clip(np.rint(_divide(x + (dmin[:, None] * m)[:, :, None], steps)), 0, 15).astype(np.uint8)
    scales = np.concatenate(
        [s[:, :4] | s[:, 4:] >> 4 << 6, m[:, :4] | m[:, 4:] >> 4 << 6, s[:, 4:] & 15 | (m[:, 4:] & 15) << 4], axis=1)
    nibbles = (q[:, 0::2] | q[:, 1::2] << 4).reshape(len(x), 128)
    return np.concatenate([_halves(d), _halves(dmin), scales, nibbles], axis=1).reshape(len(rows), -1)


def pack_q6_k(rows):
    """[n, k] float32 -> [n, k / 256 * 210] bytes: low nibbles, high bits, signed scales (every other negative), d."""
    x = rows.reshape(-1, 16, 16).astype(np.float32)
    step = np.abs(x).max(axis=2) / 31 * np.where(np.arange(16) % 2, -1, 1)
    d = (np.abs(step).max(axis=1) / 127).astype(np.float16).astype(np.float32)
    s = np.clip(np.rint(_divide(step, d[:, None] + 0 * step)), -128, 127).astype(np.int8)
    steps = (d[:, None] * s)[:, :, None] + 0 * x
    q = (np.clip(np.rint(_divide(x, steps)), -32, 31) + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    low = np.concatenate([q[:, :, 0:2] & 15 | (q[:, :, 2:4] & 15) << 4], axis=2).reshape(len(x), 128)
    bits = q >> 4
    high = (bits[:, :, 0] | bits[:, :, 1] << 2 | bits[:, :, 2] << 4 | bits[:, :, 3] << 6).reshape(len(x), 64)
    return np.concatenate([low, high, s.view(np.uint8), _halves(d)], axis=1).reshape(len(rows), -1)
