// The one-region executor of the host driver.
#ifndef SPYRE_EXECUTOR_H
#define SPYRE_EXECUTOR_H

#include "../device/driver.h"

// Runs ops in one parallel region of `threads` threads, with barriers only where data crosses threads.
void spyre_execute(const spyre_op_record *ops, int count, const spyre_launch *launch, int threads);

#endif
