/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-server-private.h"

#include "rocketio-forwarded-private.h"
#include "rocketio-host-private.h"
#include "rocketio-http-private.h"
#include "rocketio-origin-private.h"

#define RETRY_TIME 30000    /* milliseconds until a client that there is no room for should come again, on the average */

/* Who may come in at all. */

typedef struct
{
  const char *property;
  gboolean  (*is_valid) (const char *text);
  const char *cure;
} Rule;

enum
{
  ORIGINS,
  HOSTS,
  PROXIES,
};

static const Rule rules[] = {
  [ORIGINS] = { "allowed-origins", rocketio_origin_is_valid,
                "an origin is a scheme and a host, as in https://example.org, https://*.example.org or "
                "http://localhost:8080, or \"*\" for all" },
  [HOSTS] = { "allowed-hosts", rocketio_host_is_valid,
              "a host is a name without a port, as in example.org or *.example.org, or \"*\" for all" },
  [PROXIES] = { "trusted-proxies", rocketio_proxy_is_valid,
                "a proxy is an IP address or a network, as in 10.0.0.7 or 10.0.0.0/8" },
};

static gboolean
check_names (const char *const *names,
             const Rule        *rule)
{
  for (; names != NULL && *names != NULL; names++)
    {
      if (rule->is_valid (*names))
        continue;

      g_critical ("RocketIOServer:%s cannot contain \"%s\"; %s", rule->property, *names, rule->cure);
      return FALSE;
    }

  return TRUE;
}

static void
set_names (RocketIOServer    *self,
           GStrv             *place,
           const char *const *names,
           const Rule        *rule,
           const char        *function)
{
  GStrv copy;

  if (!rocketio_server_check_thread (self, function) || !check_names (names, rule))
    return;

  copy = g_strdupv ((GStrv) names);
  g_strfreev (*place);
  *place = copy;
  self->settings.allowed_origins = (const char *const *) self->allowed_origins;
  g_clear_pointer (&self->settings.trusted_proxies, g_ptr_array_unref);
  self->settings.trusted_proxies = rocketio_proxies_parse ((const char *const *) self->trusted_proxies);
  g_object_notify (G_OBJECT (self), rule->property);
}

/**
 * rocketio_server_get_allowed_origins: (get-property allowed-origins)
 * @self: a server
 *
 * Gets the origins, besides the server's own, whose pages may connect; see [property@Server:allowed-origins].
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): origins, or %NULL for none
 */
const char *const *
rocketio_server_get_allowed_origins (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return (const char *const *) self->allowed_origins;
}

/**
 * rocketio_server_set_allowed_origins: (set-property allowed-origins)
 * @self: a server
 * @origins: (nullable) (array zero-terminated=1): origins, or %NULL for none
 *
 * Sets the origins, besides the server's own, whose pages may connect; see [property@Server:allowed-origins].
 * If one of them is malformed, nothing is changed and a critical warning names it.
 */
void
rocketio_server_set_allowed_origins (RocketIOServer    *self,
                                     const char *const *origins)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_names (self, &self->allowed_origins, origins, &rules[ORIGINS], G_STRFUNC);
}

/**
 * rocketio_server_get_allowed_hosts: (get-property allowed-hosts)
 * @self: a server
 *
 * Gets the names by which the server may be asked for; see [property@Server:allowed-hosts].
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): hosts, or %NULL for none
 */
const char *const *
rocketio_server_get_allowed_hosts (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return (const char *const *) self->allowed_hosts;
}

/**
 * rocketio_server_set_allowed_hosts: (set-property allowed-hosts)
 * @self: a server
 * @hosts: (nullable) (array zero-terminated=1): names of hosts, or %NULL for none
 *
 * Sets the names by which the server may be asked for; see [property@Server:allowed-hosts].
 * If one of them is malformed, nothing is changed and a critical warning names it.
 */
void
rocketio_server_set_allowed_hosts (RocketIOServer    *self,
                                   const char *const *hosts)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_names (self, &self->allowed_hosts, hosts, &rules[HOSTS], G_STRFUNC);
}

/**
 * rocketio_server_get_trusted_proxies: (get-property trusted-proxies)
 * @self: a server
 *
 * Gets the proxies before the server; see [property@Server:trusted-proxies].
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): proxies, or %NULL for none
 */
const char *const *
rocketio_server_get_trusted_proxies (RocketIOServer *self)
{
  g_return_val_if_fail (ROCKETIO_IS_SERVER (self), NULL);

  return (const char *const *) self->trusted_proxies;
}

/**
 * rocketio_server_set_trusted_proxies: (set-property trusted-proxies)
 * @self: a server
 * @proxies: (nullable) (array zero-terminated=1): addresses and networks, or %NULL for none
 *
 * Sets the proxies before the server; see [property@Server:trusted-proxies].
 * If one of them is malformed, nothing is changed and a critical warning names it.
 */
void
rocketio_server_set_trusted_proxies (RocketIOServer    *self,
                                     const char *const *proxies)
{
  g_return_if_fail (ROCKETIO_IS_SERVER (self));

  set_names (self, &self->trusted_proxies, proxies, &rules[PROXIES], G_STRFUNC);
}

/* Requests */

static gboolean
check_host (RocketIOServer          *self,
            SoupServerMessage       *message,
            const RocketIOForwarded *forwarded)
{
  const char *const *allowed = (const char *const *) self->allowed_hosts;
  const char *host = rocketio_http_get_header (message, "Host");

  if (rocketio_host_check (host, allowed))
    host = forwarded->host;
  if (rocketio_host_check (host, allowed))
    return TRUE;

  rocketio_http_refuse (message, SOUP_STATUS_MISDIRECTED_REQUEST,
                        "host %s refused; add it to RocketIOServer:allowed-hosts", host);

  return FALSE;
}

static gboolean
check_rate (RocketIOServer          *self,
            SoupServerMessage       *message,
            const RocketIOForwarded *forwarded)
{
  GSocketAddress *address = forwarded->client;
  RocketIOPeer *peer;

  if (address == NULL && !forwarded->is_proxy)
    address = soup_server_message_get_remote_address (message);
  peer = rocketio_peers_find (self->peers, address);
  if (peer == NULL || rocketio_peer_take_request (peer, &self->settings.session.limits.requests))
    return TRUE;

  rocketio_http_set_header (message, "Retry-After", "1");
  rocketio_http_refuse (message, ROCKETIO_HTTP_TOO_MANY_REQUESTS,
                        "too many requests from this address (RocketIOServer:request-rate)");

  return FALSE;
}

static gboolean
gate_cb (SoupServerMessage *message,
         gpointer           user_data)
{
  RocketIOServer *self = user_data;
  g_auto (RocketIOForwarded) forwarded = { FALSE };

  rocketio_http_read_forwarded (message, self->settings.trusted_proxies, &forwarded);

  return check_host (self, message, &forwarded) && check_rate (self, message, &forwarded);
}

void
rocketio_server_guard (RocketIOServer *self)
{
  self->peers = rocketio_peers_new ();
  if (self->settings.trusted_proxies == NULL)
    self->settings.trusted_proxies = rocketio_proxies_parse (NULL);
  rocketio_listener_set_limits (self->listener, &self->settings.session.limits);
  rocketio_listener_set_gate (self->listener, gate_cb, self);
}

/* Sessions */

static const RocketIOVerdict *
too_many (RocketIOServer *self,
          const char     *reason)
{
  /* Not all of them at once. */
  self->no_room = (RocketIOVerdict) { 4005, reason, g_random_int_range (RETRY_TIME / 2, RETRY_TIME * 3 / 2) };

  return &self->no_room;
}

const RocketIOVerdict *
rocketio_server_count_in (RocketIOServer  *self,
                          RocketIOSession *session,
                          GSocketAddress  *address)
{
  const RocketIOLimits *limits = &self->settings.session.limits;
  guint n_sessions = rocketio_session_list_get_n (rocketio_hub_get_sessions (self->hub));
  RocketIOPeer *peer = rocketio_peers_find (self->peers, address);

  if (limits->max_sessions > 0 && n_sessions + g_queue_get_length (&self->arrivals) >= limits->max_sessions)
    return too_many (self, "there are too many sessions (RocketIOServer:max-sessions)");
  if (peer == NULL)
    return NULL;
  if (limits->max_sessions_per_address > 0 &&
      rocketio_peer_get_sessions (peer) >= limits->max_sessions_per_address)
    return too_many (self, "there are too many sessions from this address (RocketIOServer:max-sessions-per-address)");

  session->peer = peer;
  rocketio_peer_add_session (peer);

  return NULL;
}

void
rocketio_server_count_out (RocketIOServer  *self,
                           RocketIOSession *session)
{
  RocketIOPeer *peer = g_steal_pointer (&session->peer);

  if (peer != NULL)
    rocketio_peer_remove_session (peer);
}
