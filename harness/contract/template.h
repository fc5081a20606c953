// What lies in the folder of a database template: made once in a guest, then shown below a tmpfs to every
// cell.
#ifndef HANGUP_CONTRACT_TEMPLATE_H
#define HANGUP_CONTRACT_TEMPLATE_H

#define TEMPLATE_DATA      "data"   // the data directory, with server.crt and server.key
#define TEMPLATE_AUTHORITY "ca.crt" // for the clients

#endif
