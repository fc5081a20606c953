// The page of harness/report/html/ around its data, put together by scripts/embed-page.sh when it is built.
#ifndef HANGUP_REPORT_PAGE_H
#define HANGUP_REPORT_PAGE_H

#include <stddef.h>

extern const unsigned char report_page_before[], report_page_after[];
extern const size_t report_page_before_size, report_page_after_size;

#endif
