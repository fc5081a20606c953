// The world that a cell runs in: the image, the guest kernel and the programs, known by their content; and
// where a guest shows what it is given of the host: the same places on every machine. A plan's command names
// them.
#ifndef HANGUP_CONTRACT_WORLD_H
#define HANGUP_CONTRACT_WORLD_H

#include "base/error.h"
#include "base/sha256.h"

#include <jansson.h>

#define WORLD_PROJECT "/hangup"         // what hangup brings: pool/subjects, build/pqpool_subject
#define WORLD_ADAPTER "/hangup/adapter" // the folder of a manifest that hangup did not bring

#define WORLD_NAME_SIZE 256

// Empty texts: it is not known.
struct world {
    char image[WORLD_NAME_SIZE]; // its name
    char image_sha256[DIGEST_TEXT_SIZE];
    char kernel_sha256[DIGEST_TEXT_SIZE];
    char
        programs_sha256[DIGEST_TEXT_SIZE]; // of hangup-lab and the adapters that are built: of a list of them
};

// JSON null where it is not known.
json_t *world_to_json(const struct world *world);
// NULL and null are a world that is not known. ERROR_INPUT for what is neither.
bool world_from_json(const json_t *json, struct world *world, struct error *error) MUST_CHECK;

#endif
