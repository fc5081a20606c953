// The JSON Schema of scenarios, for editors: made of the tables that the reader itself goes by.
#ifndef HANGUP_SCENARIO_SCHEMA_H
#define HANGUP_SCENARIO_SCHEMA_H

#include <jansson.h>

// What scenarios/schema.json holds. New reference; NULL: out of memory.
json_t *scenario_schema(void);

#endif
