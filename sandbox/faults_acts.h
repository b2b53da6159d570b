/*
 * What the rows of the table in faults.c do. Each function acts on the turn
 * of the request that meets the fault.
 */
#ifndef SANDBOX_FAULTS_ACTS_H
#define SANDBOX_FAULTS_ACTS_H

struct faults_set;
struct sandbox;
struct turn;

/* What happens at Exact just before the request (faults_before.c). */
void faults_before_rows_change(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_before_rights_lost(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_before_user_gone(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_before_consent_revoked(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_before_clock_ahead(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);

/* The page of a list; any other reply stays as it is (faults_page.c). */
void faults_page_error_appended(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_empty(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_repeat_next(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_foreign_next(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_next_division(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_unordered(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_row_twice(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_late_row(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_page_foreign_row(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);

/* The whole reply (faults_reply.c). */
void faults_reply_none(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_late(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_empty_200(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_empty(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_truncated(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_short(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_maintenance(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_login_redirect(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_status(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_reason(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_reply_held(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);

/* The headers that every reply has (faults_headers.c). */
void faults_headers_reset_past(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_headers_reset_seconds(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_headers_reset_far(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_headers_no_rates(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_headers_no_date(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);
void faults_headers_bad_date(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set);

#endif
