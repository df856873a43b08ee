#ifndef SPYRE_CPCRE2_SHIM_H
#define SPYRE_CPCRE2_SHIM_H

/* pcre2.h declares nothing until the code unit width is chosen; tokenizers work on UTF-8. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
