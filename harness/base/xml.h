// Text in XML and HTML.
#ifndef HANGUP_BASE_XML_H
#define HANGUP_BASE_XML_H

#include <stdio.h>

// As the text of an element, or the value of an attribute in double quotes.
void xml_print(FILE *file, const char *text);

#endif
