// Runs ops: one parallel region per launch, barriers only where data crosses threads.
#include "executor.h"

extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

static void run_op(const spyre_op_class *op, const void *desc, const spyre_launch *launch, int thread,
                   int threads) {
    int phases = op->phases == NULL ? 1 : op->phases(desc, launch, threads);
    for (int phase = 0; phase < phases; phase++) {
        if (phase > 0) {
#pragma omp barrier
        }
        op->run(desc, launch, phase, thread, threads);
    }
}

void spyre_execute(const spyre_op_record *ops, int count, const spyre_launch *launch, int threads) {
#pragma omp parallel num_threads(threads)
    {
        // The runtime may grant fewer threads than were asked for.
        int thread = omp_get_thread_num();
        int team = omp_get_num_threads();
        for (int i = 0; i < count; i++) {
            if (ops[i].barrier) {
#pragma omp barrier
            }
            run_op(ops[i].op, ops[i].desc, launch, thread, team);
        }
    }
}
