/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-types.h"

G_BEGIN_DECLS

/* JSON at the border: a strict reader instead of json-glib's lenient and recursive one, and a writer for what is
 * pushed. Both hold to RFC 8259 and to the same limits, so nothing that one lets in breaks the other or a client.
 * How many bytes a text may have is the caller's to bound: a tree can take 100 times the memory of its text. */

/* How deeply arrays and objects may be nested, the outermost counting as 1. */
#define ROCKETIO_JSON_MAX_DEPTH 64

/* How many levels the protocol may put around a value that has all of these: `{"events":[{"data":VALUE}]}`. */
#define ROCKETIO_JSON_MAX_WRAPPING 3

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
 * finite numbers and no more than ROCKETIO_JSON_MAX_DEPTH levels, and finds the `members`. An object of more than 256
 * members may have few doubled keys, and few with the same g_str_hash(): json-glib takes seconds for 1 MiB of them.
 * An error is ROCKETIO_ERROR_INVALID_JSON and names the byte, counted from 0.
 *
 * Never recurses, and allocates only for such an object, and for keys written with escapes. `text` needs no NUL. */
gboolean  rocketio_json_scan          (const char          *text,
                                       gsize                length,
                                       RocketIOJsonMember  *members,
                                       guint                n_members,
                                       GError             **error);

/* The same for a text with `wrapping` levels of the protocol's own around what an app sends: it may be that much
 * deeper, so that what can be pushed can be received too, however it travels. */
gboolean  rocketio_json_scan_wrapped  (const char          *text,
                                       gsize                length,
                                       guint                wrapping,
                                       RocketIOJsonMember  *members,
                                       guint                n_members,
                                       GError             **error);

/* The elements of an array, or the values of an object in the order of its keys sorted as strings (a doubled key: the
 * last counts), as spans of RocketIOSpan. NULL if `value` is neither. `value` must have passed rocketio_json_scan(). */
GArray   *rocketio_json_split         (RocketIOSpan         value);

/* The string a JSON string stands for; NULL if `value` is something else. `value` must have passed the scan. */
char     *rocketio_json_dup_string    (RocketIOSpan         value);

/* `value` as a sealed node, never NULL. `value` must have passed the scan. It does without JsonParser, which is slower
 * and would turn integers beyond 64 bits into -1; here they become doubles. */
JsonNode *rocketio_json_parse         (RocketIOSpan         value);

/* Appends `node` (NULL: null) as JSON, doubles in their shortest form that reads back as the same double, so 1.0 stays
 * 1.0. On an error (a number that is not finite, a string that is not UTF-8, too deep a nesting) `out` is as before. */
gboolean  rocketio_json_write         (GString             *out,
                                       JsonNode            *node,
                                       GError             **error);

/* The same for a variant: arrays and tuples become arrays, dictionaries objects whose names are the keys as text, and
 * nothing null. */
gboolean  rocketio_json_write_variant (GString             *out,
                                       GVariant            *value,
                                       GError             **error);

/* Appends `string`, which must be valid UTF-8, quoted. */
void      rocketio_json_write_string  (GString             *out,
                                       const char          *string);

G_END_DECLS
