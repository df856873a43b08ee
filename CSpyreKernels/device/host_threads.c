// How many threads the host device takes when it is not told.
#define _GNU_SOURCE
#include "host.h"

#include <ctype.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

// OpenMP 5.2, 21.2.1: a positive count, or a list of them of which the first is for the outermost region.
static bool parse_threads(const char *text, int32_t *out_threads) {
    // Every part of a list is checked, though only the first counts here: other runtimes of the process read the
    // variable too, and libomp ends it over a bad part.
    for (const char *part = text;; part++) {
        char *end;
        long threads = strtol(part, &end, 10);
        if (end == part || threads < 1 || threads > SPYRE_MAXIMUM_THREADS) return false;
        if (part == text) *out_threads = (int32_t)threads;
        while (isspace((unsigned char)*end)) end++;
        if (*end == '\0') return true;
        if (*end != ',') return false;
        part = end;
    }
}

static int32_t least(int32_t a, int32_t b) { return a == 0 || (b != 0 && b < a) ? b : a; }

static bool read_line(const char *path, char *line, int bytes) {
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    bool read = fgets(line, bytes, file) != NULL;
    fclose(file);
    return read;
}

// 0 when there is no limit ("max" of version 2, -1 of version 1).
static int32_t processors(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return 0;
    long long count = quota / period + (quota % period != 0);
    return count > SPYRE_MAXIMUM_THREADS ? SPYRE_MAXIMUM_THREADS : (int32_t)count;
}

static bool join(char *path, const char *directory, const char *name) {
    int length = snprintf(path, PATH_BYTES, "%s/%s", directory, name);
    return length > 0 && length < PATH_BYTES;
}

// The limit that one group sets (Linux, Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst).
static int32_t group_quota(const char *directory, bool unified) {
    char path[PATH_BYTES], line[64];
    long long quota = 0, period = 0;
    if (unified) {
        if (!join(path, directory, "cpu.max") || !read_line(path, line, sizeof line)) return 0;
        return sscanf(line, "%lld %lld", &quota, &period) == 2 ? processors(quota, period) : 0;
    }
    if (!join(path, directory, "cpu.cfs_quota_us") || !read_line(path, line, sizeof line)) return 0;
    quota = strtoll(line, NULL, 10);
    if (!join(path, directory, "cpu.cfs_period_us") || !read_line(path, line, sizeof line)) return 0;
    return processors(quota, strtoll(line, NULL, 10));
}

// The least limit of a group and all above it: each holds for what is in it. Inside a container the group's
// path may not exist below the mount, but the mount itself is then the container's group.
static int32_t hierarchy_quota(const char *root, const char *mount, const char *group, bool unified) {
    char directory[PATH_BYTES];
    int length = snprintf(directory, sizeof directory, "%s%s%s", root, mount, group);
    if (length < 0 || length >= PATH_BYTES) return 0;
    size_t top = strlen(root) + strlen(mount);
    int32_t quota = group_quota(directory, unified);
    while (strlen(directory) > top) {
        char *slash = strrchr(directory, '/');
        if (slash == NULL || (size_t)(slash - directory) < top) break;
        *slash = '\0';
        quota = least(quota, group_quota(directory, unified));
    }
    return quota;
}

// Whether "cpu" is one of the controllers in a list with commas.
static bool has_cpu(const char *controllers) {
    for (const char *at = controllers; (at = strstr(at, "cpu")) != NULL; at += 3)
        if ((at == controllers || at[-1] == ',') && (at[3] == '\0' || at[3] == ',')) return true;
    return false;
}

int32_t spyre_host_quota(const char *root) {
    char path[PATH_BYTES], line[PATH_BYTES];
    if (!join(path, root, "proc/self/cgroup")) return 0;
    FILE *file = fopen(path, "re");
    if (file == NULL) return 0;
    int32_t quota = 0;
    // A line is hierarchy:controllers:path; version 2 names no controllers.
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL) continue;
        *group++ = '\0';
        controllers++;
        if (*controllers == '\0') quota = least(quota, hierarchy_quota(root, "/sys/fs/cgroup", group, true));
        else if (has_cpu(controllers))
            quota = least(quota, hierarchy_quota(root, "/sys/fs/cgroup/cpu", group, false));
    }
    fclose(file);
    return quota;
}

static int32_t allowed_processors(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
    // More processors than the set has bits.
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > SPYRE_MAXIMUM_THREADS ? SPYRE_MAXIMUM_THREADS : (int32_t)online;
}

spyre_status spyre_host_threads(int32_t *out_threads, spyre_error **out_error) {
    const char *variable = getenv("OMP_NUM_THREADS");
    if (variable != NULL && variable[0] != '\0') {
        if (parse_threads(variable, out_threads)) return SPYRE_STATUS_OK;
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "OMP_NUM_THREADS is '%s'; set it to a number of threads in 1...%d, or unset it",
                          variable, SPYRE_MAXIMUM_THREADS);
    }
    int32_t threads = least(allowed_processors(), spyre_host_quota(""));
    *out_threads = threads < 1 ? 1 : threads > SPYRE_MAXIMUM_THREADS ? SPYRE_MAXIMUM_THREADS : threads;
    return SPYRE_STATUS_OK;
}
