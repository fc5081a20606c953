// What another image changes, as a page of Markdown: the changes that matter most, every setting, and then
// pool by pool. Pure.
#ifndef HANGUP_REPORT_UPGRADE_H
#define HANGUP_REPORT_UPGRADE_H

#include "result/upgrade.h"

#include <stdio.h>

// What the page says about how it was made.
struct upgrade_page {
    const struct upgrade *upgrade;
    const char *command; // that makes it again
};

void report_upgrade_print(FILE *file, const void *upgrade_page);
bool report_upgrade_write(const char *path, const struct upgrade_page *page, struct error *error) MUST_CHECK;

#endif
