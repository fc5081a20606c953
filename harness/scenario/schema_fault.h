// The part of the schema that the table of faults gives, and what it shares with the others.
#ifndef HANGUP_SCENARIO_SCHEMA_FAULT_H
#define HANGUP_SCENARIO_SCHEMA_FAULT_H

#include <jansson.h>

// An entry of `faults`: one kind, and the options of all.
json_t *schema_fault(void);

// {"$ref": "#/$defs/DEFINITION", "description": …}
json_t *schema_reference(const char *definition, const char *description);

// NULL-terminated.
json_t *schema_words(const char *const *words);

#endif
