// What lies in the folder of a database template: made once in a guest, then unpacked by every cell. Nobody's
// name stands in it, and everybody may read it.
#ifndef HANGUP_CONTRACT_TEMPLATE_H
#define HANGUP_CONTRACT_TEMPLATE_H

#define TEMPLATE_DATA      "data.pack" // the data directory, with server.crt and server.key (lab/pack.h)
#define TEMPLATE_AUTHORITY "ca.crt"    // for the clients

#endif
