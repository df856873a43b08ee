// The executor of the host driver.
#ifndef SPYRE_EXECUTOR_H
#define SPYRE_EXECUTOR_H

#include "../device/driver.h"
#include "team.h"

// Runs ops in one run of the team, with barriers only where data crosses threads.
void spyre_execute(const spyre_op_record *ops, int count, const spyre_launch *launch, spyre_team *team);

#endif
