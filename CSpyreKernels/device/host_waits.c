// How the threads of the host device wait when they have no work.
#include "host.h"

#include <stdlib.h>
#include <strings.h>

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

// Milliseconds as libomp reads them, "us" or "ms" behind the number, or "infinite".
static bool parse_time(const char *text, int64_t *out_nanoseconds) {
    *out_nanoseconds = INT64_MAX;
    if (strcasecmp(text, "infinite") == 0) return true;
    char *end;
    long long count = strtoll(text, &end, 10);
    if (end == text || count < 0) return false;
    int64_t unit = 1000000;
    if (strcasecmp(end, "us") == 0) unit = 1000;
    else if (*end != '\0' && strcasecmp(end, "ms") != 0) return false;
    if (count <= INT64_MAX / unit) *out_nanoseconds = count * unit;
    return true;
}

spyre_status spyre_host_waits(spyre_wait_policy *out_waits, spyre_error **out_error) {
    spyre_wait_policy waits = {.idle = SPYRE_IDLE_SPIN, .barrier = SPYRE_BARRIER_SPIN, .placed = true};
    const char *policy = variable("OMP_WAIT_POLICY");
    if (policy != NULL && strcasecmp(policy, "active") == 0) waits.idle = waits.barrier = INT64_MAX;
    else if (policy != NULL && strcasecmp(policy, "passive") == 0) waits.idle = waits.barrier = 0;
    else if (policy != NULL)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "OMP_WAIT_POLICY is '%s'; set it to active or passive, or unset it", policy);
    const char *time = variable("KMP_BLOCKTIME");
    if (time != NULL && !parse_time(time, &waits.idle))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "KMP_BLOCKTIME is '%s'; set it to milliseconds or infinite, or unset it", time);
    const char *bind = variable("OMP_PROC_BIND");
    if (bind != NULL && strcasecmp(bind, "false") == 0) waits.placed = false;
    *out_waits = waits;
    return SPYRE_STATUS_OK;
}
