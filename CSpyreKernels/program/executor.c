// Runs ops: one run of the team a launch, barriers only where data crosses threads.
#include "executor.h"

typedef struct execution {
    const spyre_op_record *ops;
    int count;
    const spyre_launch *launch;
} execution;

static void run_op(const spyre_op_class *op, const void *desc, const spyre_launch *launch, spyre_team *team,
                   int thread, int threads) {
    int phases = op->phases == NULL ? 1 : op->phases(desc, launch, threads);
    for (int phase = 0; phase < phases; phase++) {
        if (phase > 0) spyre_team_barrier(team);
        op->run(desc, launch, phase, thread, threads);
    }
}

static void run_all(spyre_team *team, int thread, int threads, void *context) {
    const execution *e = context;
    for (int i = 0; i < e->count; i++) {
        if (e->ops[i].barrier) spyre_team_barrier(team);
        run_op(e->ops[i].op, e->ops[i].desc, e->launch, team, thread, threads);
    }
}

void spyre_execute(const spyre_op_record *ops, int count, const spyre_launch *launch, spyre_team *team) {
    execution e = {ops, count, launch};
    spyre_team_run(team, run_all, &e);
}
