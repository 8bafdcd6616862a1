/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The engine below all clients: one epoll descriptor, many connections, no timers.
 *
 * It must cost less than the servers it measures and the same for each of them, so there is no main loop, no
 * allocation a message, and one edge-triggered registration a connection instead of an epoll_ctl() a state. */

#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct _Load Load;
typedef struct _Conn Conn;

/* What a wait waits for: so many clients, messages or answers. */
typedef struct
{
  guint  count;
  guint  goal;
  gint64 reached_at; /* monotonic, taken when the last one is counted and not when somebody looks */
} Tally;

static inline void
tally_start (Tally *tally,
             guint  goal)
{
  *tally = (Tally) { .goal = goal };
}

static inline void
tally_add (Tally *tally)
{
  if (++tally->count == tally->goal)
    tally->reached_at = g_get_monotonic_time ();
}

typedef struct
{
  void  (*connected) (Conn *conn);
  gsize (*received)  (Conn *conn, const char *data, gsize length); /* returns how much of it it took */
  void  (*closed)    (Conn *conn);                                 /* not by conn_close() */
} ConnClass;

struct _Conn
{
  const ConnClass *class;
  Load            *load;
  gpointer         owner;
  GByteArray      *rest;   /* received and not yet taken, NULL nearly always */
  GByteArray      *unsent; /* NULL nearly always */
  int              fd;
  guint32          serial; /* changes with every open and close */
  gboolean         established;
};

void      conn_init  (Conn            *conn,
                      const ConnClass *class,
                      Load            *load,
                      gpointer         owner);
gboolean  conn_open  (Conn            *conn);
void      conn_send  (Conn            *conn,
                      gconstpointer    data,
                      gsize            length);
void      conn_stall (Conn            *conn);
void      conn_close (Conn            *conn);

static inline gboolean
conn_is_open (const Conn *conn)
{
  return conn->fd >= 0;
}

Load       *load_new     (pid_t        server,
                          guint16      port,
                          guint        patience_ms);
void        load_free    (Load        *self);
gboolean    load_wait    (Load        *self,
                          const char  *what,
                          Tally       *tally);
gboolean    load_spin    (Load        *self,
                          const char  *what,
                          guint        ms);
const char *load_trouble (Load        *self);
void        load_blame   (Load        *self,
                          const char  *format,
                          ...) G_GNUC_PRINTF (2, 3);
void        load_note    (Load        *self,
                          const char  *why);
const char *load_last_loss (Load      *self);
guint16     load_port    (Load        *self);

/* Set by the signal handler; every wait ends soon after. */
void        load_interrupt      (void);
gboolean    load_is_interrupted (void);

/* The digits behind the next `"n":`, in the only data the benchmark ever sends; a JSON parser would cost the load
 * generator more than the servers spend. Returns where to look on, NULL when there is none. */
const char *load_find_number (const char *text,
                              const char *end,
                              guint      *number);
