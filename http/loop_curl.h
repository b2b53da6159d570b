/*
 * What loop.c and client.c share: the loop owns the one CURLM of the
 * process and turns it; the client owns the easy handles. Handles are void *
 * here so that nobody else comes to see curl.
 */
#ifndef HTTP_LOOP_CURL_H
#define HTTP_LOOP_CURL_H

#include "base/error.h"
#include "http/loop.h"

/* First member of whatever a client runs on an easy handle; set as
 * CURLOPT_PRIVATE. */
struct loop_transfer {
	/* The transfer is over; `code` is a CURLcode. It has been taken off
	 * the loop already. */
	void (*done)(struct loop_transfer *transfer, int code);
};

/* 0 or FAIL_STOP. */
int loop_transfer_add(struct loop *loop, void *easy) MUST_CHECK;
void loop_transfer_remove(struct loop *loop, void *easy);

#endif
