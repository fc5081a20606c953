// The report of a run, and the ends of its streams.
#include "contract/program.h"
#include "exec/folder.h"
#include "exec/repeat.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1L << 18) // bytes: an error stands at the end

// What is no text, a NUL for one, is a space.
static char *read_end(const struct folder *folder, const char *name, struct error *error)
{
    struct folder_file file;
    char *text = calloc(TEXT_MAX + 1, 1);
    if (text == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    if (!folder_has(folder, name))
        return text;
    if (!folder_open_file(folder, name, &file, ERROR_LAB, error)) {
        free(text);
        return NULL;
    }
    if (fseek(file.stream, -TEXT_MAX, SEEK_END) != 0)
        (void)fseek(file.stream, 0, SEEK_SET); // it is shorter
    const size_t length = fread(text, 1, TEXT_MAX, file.stream);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    folder_close_file(&file);
    return text;
}

bool exec_run_texts_read(const struct folder *folder, struct exec_run_texts *texts, struct error *error)
{
    *texts = (struct exec_run_texts){0};
    if (!exec_folder_has_report(folder))
        return true;
    texts->report = exec_folder_read(folder, error);
    texts->output = texts->report != NULL ? read_end(folder, EXEC_OUTPUT_FILE, error) : NULL;
    texts->errors = texts->output != NULL ? read_end(folder, EXEC_ERROR_FILE, error) : NULL;
    return texts->errors != NULL;
}

void exec_run_texts_free(struct exec_run_texts *texts)
{
    json_decref(texts->report);
    free(texts->output);
    free(texts->errors);
    *texts = (struct exec_run_texts){0};
}
