// Where a guest shows what it is given of the host: the same places on every machine. A plan's command names
// them.
#ifndef HANGUP_CONTRACT_WORLD_H
#define HANGUP_CONTRACT_WORLD_H

#define WORLD_PROJECT "/hangup"         // what hangup brings: pool/subjects, build/pqpool_subject
#define WORLD_ADAPTER "/hangup/adapter" // the folder of a manifest that hangup did not bring

#endif
