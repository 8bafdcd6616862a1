/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-extensions-private.h"

#include "rocketio-deflate-private.h"

#include <string.h>

/* One offer while it is read. */
typedef struct
{
  gboolean is_deflate;
  gboolean is_sound;
  guint    seen;             /* a bit for each parameter */
  guint    server_window;    /* 0: not named */
} Offer;

typedef enum
{
  NO_VALUE,
  A_VALUE,
  PERHAPS_A_VALUE,
} Value;

/* RFC 7692, section 7.1 */
static const struct
{
  const char *name;
  Value       value;
} parameters[] = {
  { "server_no_context_takeover", NO_VALUE },
  { "client_no_context_takeover", NO_VALUE },
  { "server_max_window_bits", A_VALUE },
  { "client_max_window_bits", PERHAPS_A_VALUE },
};

#define SERVER_WINDOW 2    /* in `parameters` */

/* Tokens, RFC 9110, section 5.6 */

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static void
skip_blanks (const char **at)
{
  *at += strspn (*at, " \t");
}

static gboolean
skip_char (const char **at,
           char         c)
{
  if (**at != c)
    return FALSE;

  (*at)++;
  skip_blanks (at);

  return TRUE;
}

/* NULL: there is none. */
static char *
read_token (const char **at)
{
  const char *start = *at;

  while (is_token_char (**at))
    (*at)++;

  return *at > start ? g_strndup (start, *at - start) : NULL;
}

/* The quoted string has to be a token as well, RFC 6455, section 9.1. */
static char *
read_quoted (const char **at)
{
  g_autoptr (GString) value = g_string_new (NULL);

  while (**at != '\0' && **at != '"')
    {
      if (**at == '\\')
        (*at)++;
      if (!is_token_char (**at))
        return NULL;
      g_string_append_c (value, *(*at)++);
    }

  if (**at != '"' || value->len == 0)
    return NULL;

  (*at)++;

  return g_string_free (g_steal_pointer (&value), FALSE);
}

/* Offers */

/* 0: it is none. */
static guint
parse_window (const char *value)
{
  guint64 window;

  if (*value == '0' || !g_ascii_string_to_unsigned (value, 10, ROCKETIO_DEFLATE_MIN_WINDOW,
                                                    ROCKETIO_DEFLATE_MAX_WINDOW, &window, NULL))
    return 0;

  return window;
}

static gboolean
take_parameter (Offer      *offer,
                const char *name,
                const char *value)
{
  guint i = 0;
  guint window = value != NULL ? parse_window (value) : 0;

  while (i < G_N_ELEMENTS (parameters) && g_ascii_strcasecmp (parameters[i].name, name) != 0)
    i++;
  if (i == G_N_ELEMENTS (parameters) || (offer->seen & 1u << i) != 0)
    return FALSE;

  offer->seen |= 1u << i;
  if (i == SERVER_WINDOW)
    offer->server_window = window;
  if (parameters[i].value == NO_VALUE)
    return value == NULL;

  return window > 0 || (value == NULL && parameters[i].value == PERHAPS_A_VALUE);
}

static gboolean
read_parameter (const char **at,
                Offer       *offer)
{
  g_autofree char *name = read_token (at);
  g_autofree char *value = NULL;

  if (name == NULL)
    return FALSE;

  skip_blanks (at);
  if (skip_char (at, '='))
    {
      value = **at == '"' ? ((*at)++, read_quoted (at)) : read_token (at);
      if (value == NULL)
        return FALSE;
      skip_blanks (at);
    }

  offer->is_sound = take_parameter (offer, name, value) && offer->is_sound;

  return TRUE;
}

static gboolean
read_offer (const char **at,
            Offer       *offer)
{
  g_autofree char *name = read_token (at);

  if (name == NULL)
    return FALSE;

  *offer = (Offer) { .is_deflate = g_ascii_strcasecmp (name, "permessage-deflate") == 0, .is_sound = TRUE };
  skip_blanks (at);
  while (skip_char (at, ';'))
    {
      if (!read_parameter (at, offer))
        return FALSE;
    }

  return TRUE;
}

gboolean
rocketio_extensions_parse (RocketIOExtensions *self,
                           const char         *header)
{
  const char *at = header;

  *self = (RocketIOExtensions) { .server_window = ROCKETIO_DEFLATE_MAX_WINDOW };
  skip_blanks (&at);
  while (*at != '\0')
    {
      Offer offer;

      /* A list may have empty elements, RFC 9110, section 5.6.1.2. */
      if (skip_char (&at, ','))
        continue;
      if (!read_offer (&at, &offer) || (*at != '\0' && *at != ','))
        return FALSE;
      if (self->has_deflate || !offer.is_deflate || !offer.is_sound)
        continue;

      self->has_deflate = TRUE;
      self->names_window = offer.server_window > 0;
      if (self->names_window)
        self->server_window = offer.server_window;
    }

  return TRUE;
}

char *
rocketio_extensions_answer (const RocketIOExtensions *self)
{
  GString *answer = g_string_new ("permessage-deflate; server_no_context_takeover; client_no_context_takeover");

  if (self->names_window)
    g_string_append_printf (answer, "; server_max_window_bits=%u", self->server_window);

  return g_string_free (answer, FALSE);
}
