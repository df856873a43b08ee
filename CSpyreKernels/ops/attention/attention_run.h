// Attention of a launch's rows, shared out to threads. A row's result depends on its own keys only, in chunks
// that begin at fixed tokens, so it is the same bits in any batch, chunk of a prompt or thread count.
#ifndef SPYRE_ATTENTION_RUN_H
#define SPYRE_ATTENTION_RUN_H

#include "attention_operands.h"

// Floats of the partial results that one thread may have to keep for a work that it begins and others end.
uint64_t spyre_attention_partial_floats(const spyre_attention_desc *d);

// A thread's share of the new rows.
void spyre_attention_write_rows(const spyre_attention_operands *o, int thread, int threads);

// A thread's share of the attention; with `writes`, of the new rows too, each before it is read.
void spyre_attention_run(const spyre_attention_operands *o, bool writes, int thread, int threads);

#endif
