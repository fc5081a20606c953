// "world" in plan.json and run.json.
#include "contract/world.h"

#include <stdio.h>
#include <string.h>

json_t *world_to_json(const struct world *world)
{
    if (world->image_sha256[0] == '\0')
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s}", "image", world->image, "image_sha256", world->image_sha256,
        "kernel_sha256", world->kernel_sha256, "programs_sha256", world->programs_sha256);
}

static bool take_world_text(const json_t *json, const char *key, char *text, size_t size)
{
    const char *value = json_string_value(json_object_get(json, key));
    return value != NULL && snprintf(text, size, "%s", value) < (int)size;
}

static bool take_world_digest(const json_t *json, const char *key, char digest[static DIGEST_TEXT_SIZE])
{
    return take_world_text(json, key, digest, DIGEST_TEXT_SIZE) &&
           strspn(digest, "0123456789abcdef") == DIGEST_TEXT_SIZE - 1;
}

bool world_from_json(const json_t *json, struct world *world, struct error *error)
{
    *world = (struct world){.image = ""};
    if (json == NULL || json_is_null(json) ||
        (take_world_text(json, "image", world->image, sizeof(world->image)) &&
            take_world_digest(json, "image_sha256", world->image_sha256) &&
            take_world_digest(json, "kernel_sha256", world->kernel_sha256) &&
            take_world_digest(json, "programs_sha256", world->programs_sha256)))
        return true;
    return error_set(
        error, ERROR_INPUT, "world: expected image, and the digests of image, kernel and programs");
}
