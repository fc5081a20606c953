// What products did, recorded: one line a cell, and a run held against it. Nobody writes by hand what a third
// party's pool will answer. Pure, but for reading and writing the file.
#ifndef HANGUP_RESULT_BASELINE_H
#define HANGUP_RESULT_BASELINE_H

#include "result/result.h"

#include <jansson.h>
#include <stdio.h>

// What running the cell took, in seconds: recorded beside what it did, and never compared.
#define BASELINE_COST "cost_s"

struct baseline_counts {
    size_t same, changed, added; // cells of the run
};

// {"schema": "hangup-baseline/1", "cells": {"idle/silence sqlalchemy:pre-ping 7": {"impact": "stuck", ...}},
// "versions": {"sqlalchemy:pre-ping": ["2.0.40", "psycopg2 2.9.10"]}, "world": the digests of the last run
// that was taken over}. Older ones have neither versions nor world.
// NULL: ERROR_INPUT.
json_t *baseline_read(const char *path, struct error *error) MUST_CHECK;
json_t *baseline_new(void);

// The recorded cells as a run, for pages that are made from runs: without traces, and each as expected.
// `name` stands for an image that is not recorded. Claims are empty, and the best impact is clean, until
// somebody who has the scenarios says more. The run's seed is the lowest of its cells'. NULL: ERROR_INPUT, or
// no memory.
struct run_result *baseline_run(const json_t *baseline, const char *name, struct error *error) MUST_CHECK;

// Says for each cell of the run that is not the same what changed. Skipped cells and errors take no part:
// they say nothing about the pool. Times are the same when they differ by a tenth or 100 ms at most.
struct baseline_counts baseline_compare(const json_t *baseline, const struct run_result *run, FILE *file);

// Takes the run's cells over; those that it does not have stay. Sorted, one line a cell. False: no memory.
bool baseline_take(json_t *baseline, const struct run_result *run) MUST_CHECK;
bool baseline_write(const json_t *baseline, const char *path, struct error *error) MUST_CHECK;

#endif
