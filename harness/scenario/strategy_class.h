// Classes of strategies: what a pool promises about a checkout. Scenarios expect things of classes, manifests
// say which class a strategy is of; pool/subjects/README.md has the promises in full.
#ifndef HANGUP_SCENARIO_STRATEGY_CLASS_H
#define HANGUP_SCENARIO_STRATEGY_CLASS_H

#include "base/yaml.h"

// NULL-terminated.
extern const char *const strategy_classes[];

// Of a product that nobody predicts: what it does is recorded, and scenarios expect nothing of it.
#define STRATEGY_UNCLASSED "unclassed"

// Also of STRATEGY_UNCLASSED, which is none.
bool strategy_class_is_none(const char *name);

bool strategy_class_is_known(const char *name);

// Says that `node` names no class; `any`: it could have been `any`, too. False.
bool strategy_class_unknown(struct yaml_source *source, const yaml_node_t *node, bool or_any);

#endif
