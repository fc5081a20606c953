// Where things are in the lab's network: what the lab sets up, the trace looks for, and programs are told.
#ifndef HANGUP_CONTRACT_ADDRESSES_H
#define HANGUP_CONTRACT_ADDRESSES_H

#define LAB_APP_ADDRESS       "192.0.2.2"
#define LAB_APP_OTHER_ADDRESS "192.0.2.3"  // which it may change to
#define LAB_NAT_ADDRESS       "192.0.2.77" // from which its packets come when it is behind another NAT
#define LAB_DB_ADDRESS        "198.51.100.2"
#define LAB_DB_OTHER_ADDRESS  "198.51.100.3" // of the host to which the server's name may move
#define LAB_DB_DEAD_ADDRESS   "198.51.100.9" // nobody is there

// Of the proxy or pooler, where the network has one: the server's name stands for it.
#define LAB_PROXY_ADDRESS "203.0.113.2"

#define LAB_NAMES_ADDRESS "192.0.2.1" // the router, where a name server is if a fault needs one

#define LAB_DB_NAME      "db.hangup.test" // what the server's certificate is made out to
#define LAB_DB_PORT      5432
#define LAB_DB_PORT_TEXT "5432"

#endif
