// Removes a folder with all that is in it.
#ifndef HANGUP_FOLDER_REMOVE_H
#define HANGUP_FOLDER_REMOVE_H

// Does not follow links. What is not there is not missed; what cannot be removed stays.
void folder_remove(const char *path);

#endif
