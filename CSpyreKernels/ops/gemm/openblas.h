// OpenBLAS in place of the library's own kernels, for processors that none is tuned for.
#ifndef SPYRE_OPENBLAS_H
#define SPYRE_OPENBLAS_H

#include "gemm.h"

// Loads OpenBLAS where SPYRE_GEMM asks for it: `out_library` is to be closed, `out_sgemm` to be called; both
// are null where it does not. UNSUPPORTED when it cannot be loaded, INVALID_ARGUMENT for an unknown value.
spyre_status spyre_openblas_open(void **out_library, spyre_sgemm_function **out_sgemm,
                                 spyre_error **out_error);
void spyre_openblas_close(void *library);

// A thread's share of a product.
void spyre_openblas_run(spyre_sgemm_function *sgemm, const spyre_gemm *g, int thread, int threads);

#endif
