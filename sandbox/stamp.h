/*
 * Times as the server prints them.
 */
#ifndef SANDBOX_STAMP_H
#define SANDBOX_STAMP_H

#include <stdint.h>

/* "Fri, 12 May 2023 08:18:25 GMT", for the Date header. */
void stamp_http(int64_t wall_ms, char ret[static 40]);
/* "10/11/2022 9:18:20 PM", as the expired refresh token's text has it. */
void stamp_american(int64_t wall_ms, char ret[static 40]);

#endif
