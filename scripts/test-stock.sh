#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the selftests on the kernels' own nf_conntrack (make test-stock): proof that they test behaviour, not our habits.
exec "$(dirname "$(readlink -f "$0")")/test.sh" stock
