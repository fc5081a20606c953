// Members are named as the words of scenarios and manifests are.
#include "command/list_json.h"

json_t *list_scenario_to_json(const struct scenario *scenario)
{
    return json_pack("{s:s, s:s, s:b, s:s}", "name", scenario->name, "claim", scenario->claim, "must_fail",
        scenario->must_fail, "file", scenario->path);
}

static json_t *listed_words_to_json(const char *const *texts)
{
    json_t *array = json_array();
    for (; array != NULL && texts != NULL && *texts != NULL; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

static json_t *strategies_to_json(const struct subject *subject)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < subject->strategies_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:s}", "name", subject->strategies[i].name, "class",
                                         subject->strategies[i].class));
    return array;
}

json_t *list_subject_to_json(const struct subject *subject, const struct erofs *image, const char *fix)
{
    const char *missing = subject_missing_file(subject, image);
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:s?, s:s?, s:s}", "name", subject->name, "summary",
        subject->summary, "strategies", strategies_to_json(subject), "packages",
        listed_words_to_json((const char *const *)subject->packages), "ready", missing == NULL, "missing",
        missing, "fix", fix[0] != '\0' ? fix : NULL, "manifest", subject->path);
}

const char *list_option_value(enum fault_option_type type)
{
    static const char *const values[FAULT_OPTION_TYPES] = {
        [FAULT_OPTION_DURATION] = "DURATION",
        [FAULT_OPTION_COUNT] = "N",
        [FAULT_OPTION_PERCENT] = "PERCENT",
        [FAULT_OPTION_RATE] = "RATE",
        [FAULT_OPTION_SIZE] = "SIZE",
    };
    return values[type];
}

static json_t *options_to_json(const struct fault_option_kind *option)
{
    json_t *array = json_array();
    for (; array != NULL && option != NULL && option->name != NULL; option++)
        json_array_append_new(array,
            json_pack("{s:s, s:s, s:s?, s:o}", "name", option->name, "summary", option->summary, "value",
                list_option_value(option->type), "words", listed_words_to_json(option->words)));
    return array;
}

json_t *list_fault_to_json(const struct fault_kind *kind)
{
    return json_pack("{s:s, s:s, s:o, s:b, s:o}", "name", kind->name, "summary", kind->summary, "arguments",
        listed_words_to_json(kind->arguments), "for", kind->takes_for, "options",
        options_to_json(kind->options));
}
