// Parts of the host driver.
#ifndef SPYRE_HOST_H
#define SPYRE_HOST_H

#include "internal.h"

enum { SPYRE_MAXIMUM_THREADS = 1024 };

// Threads of a device whose opener named none: OMP_NUM_THREADS, or else the processors that this process may
// use, by affinity and by the quota of its control groups. INVALID_ARGUMENT when the variable is not a count
// from 1 to SPYRE_MAXIMUM_THREADS.
spyre_status spyre_host_threads(int32_t *out_threads, spyre_error **out_error);

// How the threads of a device wait. OMP_WAIT_POLICY "active" never sleeps and "passive" sleeps at once,
// KMP_BLOCKTIME is the time that a worker without work spins, OMP_PROC_BIND "false" leaves all placement to the
// system. INVALID_ARGUMENT for a value that none of them may have.
spyre_status spyre_host_waits(spyre_wait_policy *out_waits, spyre_error **out_error);

// Processors' worth of time that the control groups (version 2 or 1) of this process allow, rounded up; 0
// when they set no limit. `root` comes before every path: "" but for tests.
int32_t spyre_host_quota(const char *root);

#endif
