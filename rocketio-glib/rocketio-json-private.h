/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-types.h"

G_BEGIN_DECLS

/* JSON at the border: a strict reader in front of json-glib's lenient and recursive one, and a writer for what is
 * pushed. Both hold to RFC 8259 and to the same limits, so nothing that one lets in breaks the other or a client. */

/* How deeply arrays and objects may be nested, the outermost counting as 1. */
#define ROCKETIO_JSON_MAX_DEPTH 64

/* A piece of a text that somebody else owns. */
typedef struct
{
  const char *start;
  gsize       length;
} RocketIOSpan;

/* The members of the outermost object that were asked for; `start` is NULL where there is none. Of a doubled key the
 * last one counts. A span of a string includes its quotes. */
typedef struct
{
  const char  *key;   /* plain ASCII, no escapes; a key that is written with escapes still matches */
  RocketIOSpan value;
} RocketIOJsonMember;

/* Checks that `text` is exactly one JSON value by RFC 8259, in valid UTF-8, with surrogates in pairs, no U+0000, only
 * finite numbers and no more than ROCKETIO_JSON_MAX_DEPTH levels, and finds the `members`. Never recurses. */
gboolean  rocketio_json_scan          (const char          *text,
                                       gsize                length,
                                       RocketIOJsonMember  *members,
                                       guint                n_members,
                                       GError             **error);

/* The elements of an array, or the values of an object in the order of its keys sorted as strings (a doubled key: the
 * last counts), as spans of RocketIOSpan. NULL if `value` is neither. `value` must have passed rocketio_json_scan(). */
GArray   *rocketio_json_split         (RocketIOSpan         value);

/* The string a JSON string stands for; NULL if `value` is something else. `value` must have passed the scan. */
char     *rocketio_json_dup_string    (RocketIOSpan         value);

/* `value` as a sealed node. `value` must have passed the scan: this is the only place where text reaches JsonParser.
 * Integers beyond 64 bits become doubles, which json-glib would turn into -1. */
JsonNode *rocketio_json_parse         (RocketIOSpan         value);

/* Appends `node` (NULL: null) as JSON, doubles in their shortest form that reads back the same. On an error (a number
 * that is not finite, a string that is not UTF-8 or too deep a nesting) `out` is as long as before. */
gboolean  rocketio_json_write         (GString             *out,
                                       JsonNode            *node,
                                       GError             **error);

/* Appends `string`, which must be valid UTF-8, quoted. */
void      rocketio_json_write_string  (GString             *out,
                                       const char          *string);

G_END_DECLS
