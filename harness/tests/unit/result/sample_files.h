// The files of a cell's folder, for tests that read one.
#ifndef HANGUP_TESTS_UNIT_RESULT_SAMPLE_FILES_H
#define HANGUP_TESTS_UNIT_RESULT_SAMPLE_FILES_H

void sample_file(const char *folder, const char *name, const char *text);
// capture.pcap without packets, and postgres.log with one session.
void sample_capture_and_log(const char *folder);

#endif
