/*
 * Faults that are deeds: what happens at Exact just before a request.
 */
#ifndef SANDBOX_FAULTS_ACT_H
#define SANDBOX_FAULTS_ACT_H

#include "sandbox/state.h"

/* The name of whose request this is, or NULL. */
const char *faults_act_user(struct sandbox *sandbox, const struct turn *turn);
void faults_act_before(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);

#endif
