/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-loan-private.h"

#include <glib-unix.h>

#define STALL_TIME 60000    /* how long a peer may take nothing of an answer */

/* Input */

#define ROCKETIO_TYPE_LOAN_INPUT (rocketio_loan_input_get_type ())
G_DECLARE_FINAL_TYPE (RocketIOLoanInput, rocketio_loan_input, ROCKETIO, LOAN_INPUT, GInputStream)

struct _RocketIOLoanInput
{
  GInputStream        parent_instance;
  RocketIOConnection *connection;    /* NULL: the loan is over */
};

static void rocketio_loan_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RocketIOLoanInput, rocketio_loan_input, G_TYPE_INPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, rocketio_loan_input_pollable_init))

static gssize
translate (gssize   n,
           GError **error)
{
  if (n == -1)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The connection would block");
  else if (n < -1)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "The connection is broken");

  return MAX (n, -1);
}

static gssize
rocketio_loan_input_read_nonblocking (GPollableInputStream  *stream,
                                      void                  *buffer,
                                      gsize                  size,
                                      GError               **error)
{
  RocketIOLoanInput *self = ROCKETIO_LOAN_INPUT (stream);

  return translate (self->connection != NULL ? rocketio_connection_read (self->connection, buffer, size) : -2, error);
}

static gssize
rocketio_loan_input_read (GInputStream  *stream,
                          void          *buffer,
                          gsize          size,
                          GCancellable  *cancellable,
                          GError       **error)
{
  return rocketio_loan_input_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer, size, error);
}

static gboolean
rocketio_loan_input_is_readable (GPollableInputStream *stream)
{
  RocketIOLoanInput *self = ROCKETIO_LOAN_INPUT (stream);

  return self->connection == NULL || rocketio_connection_peek (self->connection) != -1;
}

/* What becomes ready together with `base`, for the pollable streams. */
static GSource *
pollable_source (gpointer      stream,
                 GSource      *base,
                 GCancellable *cancellable)
{
  /* This gives `base` its callback; setting one before would destroy it. */
  GSource *source = g_pollable_source_new_full (stream, base, cancellable);

  g_source_unref (base);

  return source;
}

static GSource *
rocketio_loan_input_create_source (GPollableInputStream *stream,
                                   GCancellable         *cancellable)
{
  RocketIOLoanInput *self = ROCKETIO_LOAN_INPUT (stream);
  GTlsConnection *tls = self->connection != NULL ? rocketio_connection_get_tls (self->connection) : NULL;

  if (self->connection == NULL || (tls == NULL && rocketio_connection_peek (self->connection) != -1))
    return pollable_source (stream, g_timeout_source_new (0), cancellable);
  if (tls == NULL)
    return pollable_source (stream, g_unix_fd_source_new (rocketio_connection_get_fd (self->connection), G_IO_IN),
                            cancellable);

  return pollable_source (stream,
                          g_pollable_input_stream_create_source (
                            G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (tls))), NULL),
                          cancellable);
}

static void
rocketio_loan_input_finalize (GObject *object)
{
  g_clear_pointer (&ROCKETIO_LOAN_INPUT (object)->connection, rocketio_connection_unref);

  G_OBJECT_CLASS (rocketio_loan_input_parent_class)->finalize (object);
}

static void
rocketio_loan_input_class_init (RocketIOLoanInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rocketio_loan_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = rocketio_loan_input_read;
}

static void
rocketio_loan_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = rocketio_loan_input_is_readable;
  iface->create_source = rocketio_loan_input_create_source;
  iface->read_nonblocking = rocketio_loan_input_read_nonblocking;
}

static void
rocketio_loan_input_init (RocketIOLoanInput *self)
{
}

/* Output */

#define ROCKETIO_TYPE_LOAN_OUTPUT (rocketio_loan_output_get_type ())
G_DECLARE_FINAL_TYPE (RocketIOLoanOutput, rocketio_loan_output, ROCKETIO, LOAN_OUTPUT, GOutputStream)

struct _RocketIOLoanOutput
{
  GOutputStream       parent_instance;
  RocketIOConnection *connection;    /* NULL: the loan is over */
  gboolean            stalled;       /* waiting for the peer to take the answer */
};

static void rocketio_loan_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RocketIOLoanOutput, rocketio_loan_output, G_TYPE_OUTPUT_STREAM,
  G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, rocketio_loan_output_pollable_init))

static gssize
rocketio_loan_output_write_nonblocking (GPollableOutputStream  *stream,
                                        const void             *buffer,
                                        gsize                   size,
                                        GError                **error)
{
  RocketIOLoanOutput *self = ROCKETIO_LOAN_OUTPUT (stream);
  gssize n = self->connection != NULL ? rocketio_connection_write_some (self->connection, buffer, size) : -2;

  if (n == -1 && !self->stalled)
    rocketio_connection_set_deadline (self->connection, STALL_TIME);
  else if (n > 0 && self->stalled)
    rocketio_connection_clear_deadline (self->connection);
  self->stalled = n == -1;

  return translate (n, error);
}

static gssize
rocketio_loan_output_write (GOutputStream  *stream,
                            const void     *buffer,
                            gsize           size,
                            GCancellable   *cancellable,
                            GError        **error)
{
  return rocketio_loan_output_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream), buffer, size, error);
}

static gboolean
rocketio_loan_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static GSource *
rocketio_loan_output_create_source (GPollableOutputStream *stream,
                                    GCancellable          *cancellable)
{
  RocketIOLoanOutput *self = ROCKETIO_LOAN_OUTPUT (stream);
  GTlsConnection *tls = self->connection != NULL ? rocketio_connection_get_tls (self->connection) : NULL;

  if (self->connection == NULL)
    return pollable_source (stream, g_timeout_source_new (0), cancellable);
  if (tls == NULL)
    return pollable_source (stream, g_unix_fd_source_new (rocketio_connection_get_fd (self->connection), G_IO_OUT),
                            cancellable);

  return pollable_source (stream,
                          g_pollable_output_stream_create_source (
                            G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (tls))), NULL),
                          cancellable);
}

static void
rocketio_loan_output_finalize (GObject *object)
{
  g_clear_pointer (&ROCKETIO_LOAN_OUTPUT (object)->connection, rocketio_connection_unref);

  G_OBJECT_CLASS (rocketio_loan_output_parent_class)->finalize (object);
}

static void
rocketio_loan_output_class_init (RocketIOLoanOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rocketio_loan_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = rocketio_loan_output_write;
}

static void
rocketio_loan_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = rocketio_loan_output_is_writable;
  iface->create_source = rocketio_loan_output_create_source;
  iface->write_nonblocking = rocketio_loan_output_write_nonblocking;
}

static void
rocketio_loan_output_init (RocketIOLoanOutput *self)
{
}

/* What the plain and the TLS loan share */

typedef struct
{
  RocketIOLoanInput      *input;
  RocketIOLoanOutput     *output;
  RocketIOLoanClosedFunc  closed;
  gpointer                user_data;
} Ends;

static void
ends_init (Ends *ends)
{
  ends->input = g_object_new (ROCKETIO_TYPE_LOAN_INPUT, NULL);
  ends->output = g_object_new (ROCKETIO_TYPE_LOAN_OUTPUT, NULL);
}

static void
ends_close (Ends *ends)
{
  g_autoptr (RocketIOConnection) connection = g_steal_pointer (&ends->input->connection);

  g_clear_pointer (&ends->output->connection, rocketio_connection_unref);
  if (connection != NULL)
    ends->closed (connection, ends->user_data);
}

static void
ends_clear (Ends *ends)
{
  ends_close (ends);
  g_clear_object (&ends->input);
  g_clear_object (&ends->output);
}

/* The plain loan */

#define ROCKETIO_TYPE_LOAN (rocketio_loan_get_type ())
G_DECLARE_FINAL_TYPE (RocketIOLoan, rocketio_loan, ROCKETIO, LOAN, GIOStream)

struct _RocketIOLoan
{
  GIOStream parent_instance;
  Ends      ends;
};

G_DEFINE_FINAL_TYPE (RocketIOLoan, rocketio_loan, G_TYPE_IO_STREAM)

static GInputStream *
rocketio_loan_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (ROCKETIO_LOAN (stream)->ends.input);
}

static GOutputStream *
rocketio_loan_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (ROCKETIO_LOAN (stream)->ends.output);
}

static gboolean
rocketio_loan_close (GIOStream     *stream,
                     GCancellable  *cancellable,
                     GError       **error)
{
  ends_close (&ROCKETIO_LOAN (stream)->ends);

  return TRUE;
}

static void
rocketio_loan_finalize (GObject *object)
{
  ends_clear (&ROCKETIO_LOAN (object)->ends);

  G_OBJECT_CLASS (rocketio_loan_parent_class)->finalize (object);
}

static void
rocketio_loan_class_init (RocketIOLoanClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = rocketio_loan_finalize;
  stream_class->get_input_stream = rocketio_loan_get_input_stream;
  stream_class->get_output_stream = rocketio_loan_get_output_stream;
  stream_class->close_fn = rocketio_loan_close;
}

static void
rocketio_loan_init (RocketIOLoan *self)
{
  ends_init (&self->ends);
}

/* The TLS loan: the handshake is long done, so it only has to look like a GTlsConnection */

#define ROCKETIO_TYPE_TLS_LOAN (rocketio_tls_loan_get_type ())
G_DECLARE_FINAL_TYPE (RocketIOTlsLoan, rocketio_tls_loan, ROCKETIO, TLS_LOAN, GTlsConnection)

struct _RocketIOTlsLoan
{
  GTlsConnection parent_instance;
  Ends           ends;
};

G_DEFINE_FINAL_TYPE (RocketIOTlsLoan, rocketio_tls_loan, G_TYPE_TLS_CONNECTION)

static const char *const forwarded_properties[] = {
  "base-io-stream", "use-system-certdb", "require-close-notify", "rehandshake-mode", "certificate", "database",
  "interaction", "peer-certificate", "peer-certificate-errors", "advertised-protocols", "negotiated-protocol",
  "ciphersuite-name", "protocol-version",
};

static GInputStream *
rocketio_tls_loan_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (ROCKETIO_TLS_LOAN (stream)->ends.input);
}

static GOutputStream *
rocketio_tls_loan_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (ROCKETIO_TLS_LOAN (stream)->ends.output);
}

static gboolean
rocketio_tls_loan_close (GIOStream     *stream,
                         GCancellable  *cancellable,
                         GError       **error)
{
  ends_close (&ROCKETIO_TLS_LOAN (stream)->ends);

  return TRUE;
}

static gboolean
rocketio_tls_loan_handshake (GTlsConnection  *connection,
                             GCancellable    *cancellable,
                             GError         **error)
{
  return TRUE;
}

static void
rocketio_tls_loan_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  RocketIOConnection *connection = ROCKETIO_TLS_LOAN (object)->ends.input->connection;

  if (connection != NULL)
    g_object_get_property (G_OBJECT (rocketio_connection_get_tls (connection)), pspec->name, value);
}

static void
rocketio_tls_loan_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  /* Of a connection that is up nothing can be set any more; GObject sets the defaults at construction. */
}

static void
rocketio_tls_loan_finalize (GObject *object)
{
  ends_clear (&ROCKETIO_TLS_LOAN (object)->ends);

  G_OBJECT_CLASS (rocketio_tls_loan_parent_class)->finalize (object);
}

static void
rocketio_tls_loan_class_init (RocketIOTlsLoanClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = rocketio_tls_loan_finalize;
  object_class->get_property = rocketio_tls_loan_get_property;
  object_class->set_property = rocketio_tls_loan_set_property;
  stream_class->get_input_stream = rocketio_tls_loan_get_input_stream;
  stream_class->get_output_stream = rocketio_tls_loan_get_output_stream;
  stream_class->close_fn = rocketio_tls_loan_close;
  G_TLS_CONNECTION_CLASS (klass)->handshake = rocketio_tls_loan_handshake;

  for (guint i = 0; i < G_N_ELEMENTS (forwarded_properties); i++)
    g_object_class_override_property (object_class, i + 1, forwarded_properties[i]);
}

static void
rocketio_tls_loan_init (RocketIOTlsLoan *self)
{
  ends_init (&self->ends);
}

/* The interface */

static Ends *
get_ends (GIOStream *stream)
{
  if (ROCKETIO_IS_LOAN (stream))
    return &ROCKETIO_LOAN (stream)->ends;
  if (ROCKETIO_IS_TLS_LOAN (stream))
    return &ROCKETIO_TLS_LOAN (stream)->ends;

  return NULL;
}

GIOStream *
rocketio_loan_new (RocketIOConnection     *connection,
                   RocketIOLoanClosedFunc  closed,
                   gpointer                user_data)
{
  gboolean is_tls = rocketio_connection_get_tls (connection) != NULL;
  GIOStream *stream = g_object_new (is_tls ? ROCKETIO_TYPE_TLS_LOAN : ROCKETIO_TYPE_LOAN, NULL);
  Ends *ends = get_ends (stream);

  ends->closed = closed;
  ends->user_data = user_data;
  ends->input->connection = rocketio_connection_ref (connection);
  ends->output->connection = rocketio_connection_ref (connection);

  return stream;
}

RocketIOConnection *
rocketio_loan_get_connection (GIOStream *stream)
{
  Ends *ends = get_ends (stream);

  return ends != NULL ? ends->input->connection : NULL;
}

void
rocketio_loan_end (GIOStream *stream)
{
  Ends *ends = get_ends (stream);

  g_clear_pointer (&ends->input->connection, rocketio_connection_unref);
  g_clear_pointer (&ends->output->connection, rocketio_connection_unref);
}
