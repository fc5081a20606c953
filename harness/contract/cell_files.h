// The files of a cell's folder: the lab writes them, the tool reads them back.
#ifndef HANGUP_CONTRACT_CELL_FILES_H
#define HANGUP_CONTRACT_CELL_FILES_H

#define CELL_PLAN_FILE        "plan.json"
#define CELL_EVENTS_FILE      "events.jsonl"
#define CELL_CAPTURE_FILE     "capture.pcap"
#define CELL_LOG_FILE         "postgres.log"
#define CELL_KEYS_FILE        "tls-keys.log" // of OpenSSL's form: what Wireshark reads TLS with
#define CELL_SUBJECT_LOG_FILE "subject.log"  // what the adapter wrote on its standard error

#endif
