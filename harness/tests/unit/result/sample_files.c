// Files for tests, as small as they can be.
#include "tests/unit/result/sample_files.h"

#include "base/path.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

void sample_file(const char *folder, const char *name, const char *text)
{
    char path[PATH_MAX];
    FILE *file = fopen(path_format(path, "%s/%s", folder, name), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void sample_capture_and_log(const char *folder)
{
    char path[PATH_MAX];
    pcap_t *pcap = pcap_open_dead_with_tstamp_precision(DLT_LINUX_SLL2, 65535, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dump_close(pcap_dump_open(pcap, path_format(path, "%s/capture.pcap", folder)));
    pcap_close(pcap);
    sample_file(folder, "postgres.log", "1.0 [7] LOG:  connection authorized: user=app database=app\n");
}
