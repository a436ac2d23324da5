/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_TRAILERS_H
#define TEXT_TRAILERS_H

/*
 * Who reviewed a commit, by the trailers of its message: "reviewed-by: NAME
 * <ADDRESS>" lines for Reviewed-by:, Acked-by: and Tested-by: of the last
 * paragraph; at most 32. "" for none; the caller frees. Addresses are not checked.
 */
char *trailers_reviewers(const char *message);

#endif
