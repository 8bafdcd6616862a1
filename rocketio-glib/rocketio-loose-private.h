/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-json-private.h"

G_BEGIN_DECLS

/* Finds the outermost parts of what may be JSON, by its quotes and brackets alone, so that one bad message does not
 * take others with it, and shows its number. Whatever is found has to be scanned before it is used. */

/* The elements of an array, as spans of RocketIOSpan; NULL if it is none. */
GArray   *rocketio_loose_split   (RocketIOSpan        text);

/* The members of an object that are asked for; FALSE if it is none. */
gboolean  rocketio_loose_members (RocketIOSpan        text,
                                  RocketIOJsonMember *members,
                                  guint               n_members);

/* A member that was found as a string, or as an integer from 1 to 2^53 - 1; NULL and 0 if it is none. */
char     *rocketio_loose_dup_string (RocketIOSpan       value);
guint64   rocketio_loose_get_number (RocketIOSpan       value);

G_END_DECLS
