/*
 * What loop.c and client.c share: the loop owns the only CURLM of the process
 * and turns it; the client owns the easy handles. Handles are void * here, so
 * that no other file includes curl.
 */
#ifndef HTTP_LOOP_CURL_H
#define HTTP_LOOP_CURL_H

#include "base/error.h"
#include "http/loop.h"

/* The first member of whatever a client runs on an easy handle; set as
 * CURLOPT_PRIVATE. */
struct loop_transfer {
	/* The transfer is over and has been removed from the loop. `code` is
	 * a CURLcode. */
	void (*done)(struct loop_transfer *transfer, int code);
};

/* 0 or FAIL_STOP. */
int loop_transfer_add(struct loop *loop, void *easy) MUST_CHECK;
void loop_transfer_remove(struct loop *loop, void *easy);

#endif
