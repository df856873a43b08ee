#include "openblas.h"

#include <dlfcn.h>
#include <stdlib.h>

// The values of CBLAS_ORDER and CBLAS_TRANSPOSE in the CBLAS interface.
enum { CBLAS_ROW_MAJOR = 101, CBLAS_NO_TRANSPOSE = 111, CBLAS_TRANSPOSE = 112 };

static void *load_library(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
    for (int i = 0; i < 2; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library != NULL) return library;
    }
    return NULL;
}

spyre_status spyre_openblas_open(void **out_library, spyre_sgemm_function **out_sgemm,
                                 spyre_error **out_error) {
    *out_library = NULL;
    *out_sgemm = NULL;
    const char *name = getenv("SPYRE_GEMM");
    if (name == NULL || name[0] == '\0') return SPYRE_STATUS_OK;
    if (strcmp(name, "openblas") != 0)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "SPYRE_GEMM is '%s'; set it to openblas, or unset it", name);
    void *library = load_library();
    if (library == NULL)
        return spyre_fail(
            out_error, SPYRE_STATUS_UNSUPPORTED,
            "SPYRE_GEMM is openblas, but libopenblas.so.0 cannot be loaded; install it (Debian, Ubuntu: "
            "apt-get install libopenblas0), or unset SPYRE_GEMM");
    spyre_sgemm_function *sgemm;
    void (*set_threads)(int);
    *(void **)&sgemm = dlsym(library, "cblas_sgemm");
    *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
    if (sgemm == NULL || set_threads == NULL) {
        (void)dlclose(library);
        return spyre_fail(out_error, SPYRE_STATUS_UNSUPPORTED,
                          "SPYRE_GEMM is openblas, but libopenblas.so.0 has no cblas_sgemm or no "
                          "openblas_set_num_threads; install a build with CBLAS, or unset SPYRE_GEMM");
    }
    // The threads are the device's: each calls OpenBLAS for its share.
    set_threads(1);
    *out_library = library;
    *out_sgemm = sgemm;
    return SPYRE_STATUS_OK;
}

void spyre_openblas_close(void *library) {
    if (library != NULL) (void)dlclose(library);
}

static int transposition(const spyre_gemm_operand *x) {
    return x->transposed ? CBLAS_TRANSPOSE : CBLAS_NO_TRANSPOSE;
}

void spyre_openblas_run(spyre_sgemm_function *sgemm, const spyre_gemm *g, int thread, int threads) {
    const bool by_rows = g->m >= g->n;
    int64_t begin, end;
    spyre_share(by_rows ? g->m : g->n, thread, threads, &begin, &end);
    if (begin == end) return;
    const float *a = g->a.data, *b = g->b.data;
    float *c = g->c;
    if (by_rows) {
        a += g->a.transposed ? begin : begin * g->a.stride;
        c += begin * g->c_stride;
    } else {
        b += g->b.transposed ? begin * g->b.stride : begin;
        c += begin;
    }
    sgemm(CBLAS_ROW_MAJOR, transposition(&g->a), transposition(&g->b), (int)(by_rows ? end - begin : g->m),
          (int)(by_rows ? g->n : end - begin), (int)g->k, g->alpha, a, (int)g->a.stride, b, (int)g->b.stride,
          g->beta, c, (int)g->c_stride);
}
