/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-deflate-private.h"

#define ZLIB_CONST
#include <string.h>
#include <zlib.h>

#define MEMORY_LEVEL    8        /* zlib's default */
#define AT_BLOCK        128      /* in `data_type`: inflating stopped between two blocks */
#define PIECE           16384    /* bytes that are inflated at a time */
#define MAX_PAYLOAD     G_MAXINT32

/* The end that every packed payload would have, and that is not sent: an empty block without compression, but for its
 * first byte. */
static const guint8 tail[] = { 0x00, 0x00, 0xff, 0xff };

struct _RocketIODeflate
{
  grefcount refs;
  gboolean  packs;      /* the streams, each made when first needed */
  gboolean  unpacks;
  z_stream  pack;
  z_stream  unpack;
};

RocketIODeflate *
rocketio_deflate_new (void)
{
  RocketIODeflate *self = g_new0 (RocketIODeflate, 1);

  g_ref_count_init (&self->refs);

  return self;
}

RocketIODeflate *
rocketio_deflate_ref (RocketIODeflate *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
rocketio_deflate_unref (RocketIODeflate *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  if (self->packs)
    deflateEnd (&self->pack);
  if (self->unpacks)
    inflateEnd (&self->unpack);
  g_free (self);
}

/* Packing */

static void
start_pack (RocketIODeflate *self)
{
  int result;

  if (self->packs)
    result = deflateReset (&self->pack);
  else
    result = deflateInit2 (&self->pack, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -ROCKETIO_DEFLATE_MAX_WINDOW, MEMORY_LEVEL,
                           Z_DEFAULT_STRATEGY);

  if (result != Z_OK)
    g_error ("zlib does not compress: %s", zError (result));
  self->packs = TRUE;
}

GBytes *
rocketio_deflate_pack (RocketIODeflate *self,
                       gconstpointer    data,
                       gsize            length)
{
  g_autofree guint8 *packed = NULL;
  gsize packed_length;

  if (length < ROCKETIO_DEFLATE_MIN_PAYLOAD || length > MAX_PAYLOAD)
    return NULL;

  start_pack (self);
  packed = g_malloc (length);
  self->pack.next_in = data;
  self->pack.avail_in = length;
  self->pack.next_out = packed;
  self->pack.avail_out = length;
  if (deflate (&self->pack, Z_SYNC_FLUSH) != Z_OK || self->pack.avail_out == 0)
    return NULL;

  packed_length = length - self->pack.avail_out - sizeof tail;

  return g_bytes_new_take (g_realloc (g_steal_pointer (&packed), packed_length), packed_length);
}

gboolean
rocketio_deflate_suits (gsize length,
                        guint window)
{
  return window >= ROCKETIO_DEFLATE_MAX_WINDOW || length <= (gsize) 1 << window;
}

void
rocketio_deflate_store (GString       *packed,
                        gconstpointer  data,
                        gsize          length)
{
  /* RFC 1951, section 3.2.4 */
  guint8 header[] = { 0, length, length >> 8, ~length, ~length >> 8 };

  g_assert (length <= G_MAXUINT16);

  g_string_append_len (packed, (const char *) header, sizeof header);
  g_string_append_len (packed, data, length);
}

/* Unpacking */

static void
start_unpack (RocketIODeflate *self)
{
  int result;

  if (self->unpacks)
    result = inflateReset (&self->unpack);
  else
    result = inflateInit2 (&self->unpack, -ROCKETIO_DEFLATE_MAX_WINDOW);

  if (result != Z_OK)
    g_error ("zlib does not decompress: %s", zError (result));
  self->unpacks = TRUE;
}

/* All of `data`. A stream may end in it (section 7.2.3.4): then another one begins. */
static RocketIODeflateResult
inflate_piece (RocketIODeflate *self,
               const guint8    *data,
               gsize            length,
               gsize            max,
               GByteArray      *payload)
{
  guint8 piece[PIECE];

  self->unpack.next_in = data;
  self->unpack.avail_in = length;
  do
    {
      int result;
      gsize n;

      self->unpack.next_out = piece;
      self->unpack.avail_out = sizeof piece;
      result = inflate (&self->unpack, Z_SYNC_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return ROCKETIO_DEFLATE_BROKEN;

      n = sizeof piece - self->unpack.avail_out;
      if (n > max - payload->len)
        return ROCKETIO_DEFLATE_TOO_LARGE;
      g_byte_array_append (payload, piece, n);
      if (result == Z_STREAM_END)
        inflateReset (&self->unpack);
    }
  while (self->unpack.avail_in > 0 || self->unpack.avail_out == 0);

  return ROCKETIO_DEFLATE_DONE;
}

RocketIODeflateResult
rocketio_deflate_unpack (RocketIODeflate *self,
                         const guint8    *data,
                         gsize            length,
                         gsize            max,
                         GByteArray      *payload)
{
  RocketIODeflateResult result;

  g_return_val_if_fail (length <= G_MAXUINT32, ROCKETIO_DEFLATE_TOO_LARGE);

  /* Section 7.2.3.6 wants a byte for an empty payload, but it is clear what is meant without it. */
  if (length == 0)
    return ROCKETIO_DEFLATE_DONE;

  start_unpack (self);
  result = inflate_piece (self, data, length, max, payload);
  if (result == ROCKETIO_DEFLATE_DONE)
    result = inflate_piece (self, tail, sizeof tail, max, payload);
  if (result == ROCKETIO_DEFLATE_DONE && (self->unpack.data_type & AT_BLOCK) == 0)
    result = ROCKETIO_DEFLATE_BROKEN;

  return result;
}
