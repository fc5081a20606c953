// Where the guest's clock stands at boot: ten seconds before the scenario's zero, 2027-01-01 00:00:00 UTC.
#ifndef HANGUP_CONTRACT_CLOCK_ZERO_H
#define HANGUP_CONTRACT_CLOCK_ZERO_H

#define GUEST_ZERO_REALTIME_S 1798761600LL
#define GUEST_SETUP_S         10LL

#endif
