// Fuzzes plan.json: whatever is in it, it is refused with a word, or is a cell that comes back from its JSON
// as it went in, and whose folder lies in its run's.
#include "fuzz/fuzz.h"
#include "plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    struct cell *cell = json != NULL ? cell_from_json(json, &error) : NULL;
    require(json == NULL || cell != NULL || error.text[0] != '\0');
    json_decref(json);
    if (cell == NULL)
        return 0;
    require(folder_name_is_plain(cell->name));
    json_t *once = cell_to_json(cell);
    require(once != NULL);
    struct cell *again = cell_from_json(once, &error);
    require(again != NULL);
    json_t *twice = cell_to_json(again);
    require(json_equal(once, twice));
    json_decref(once);
    json_decref(twice);
    cell_free(again);
    cell_free(cell);
    return 0;
}
