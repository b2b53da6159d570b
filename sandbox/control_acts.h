/*
 * The control actions. Each puts the members after "ok" into out; or it fills
 * err and changes nothing.
 */
#ifndef SANDBOX_CONTROL_ACTS_H
#define SANDBOX_CONTROL_ACTS_H

#include "base/buf.h"
#include "base/error.h"

struct sandbox;
struct turn;

int control_acts_clock(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_advance(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_skew(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err);
int control_acts_change(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_delete(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_insert(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_hold(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_show(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_move(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_user(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_deactivate(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_activate(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_current(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_consent(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_revoke(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_scopes(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_rights(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_limits(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_fault(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_faults(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_counters(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;
int control_acts_apps(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err) MUST_CHECK;

#endif
