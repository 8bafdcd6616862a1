/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rocketio-deflate-private.h"

#include <string.h>

#define HELLO "\xf2\x48\xcd\xc9\xc9\x07"    /* RFC 7692, section 7.2.3.1 */

typedef struct
{
  const char            *name;
  const char            *packed;
  gsize                  length;
  RocketIODeflateResult  result;
  const char            *payload;
} Vector;

#define VECTOR(name, packed, result, payload) { name, packed, sizeof packed - 1, result, payload }
#define DONE(name, packed, payload)           VECTOR (name, packed, ROCKETIO_DEFLATE_DONE, payload)
#define BROKEN(name, packed)                  VECTOR (name, packed, ROCKETIO_DEFLATE_BROKEN, "")

static const Vector vectors[] = {
  DONE ("7.2.3.1/one-block", HELLO "\x00", "Hello"),
  DONE ("7.2.3.3/no-compression", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "Hello"),
  DONE ("7.2.3.4/final", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "Hello"),
  DONE ("7.2.3.5/two-blocks", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", "Hello"),
  DONE ("7.2.3.6/empty", "\x00", ""),
  DONE ("7.2.3.6/empty-compressed", "\x02\x00", ""),
  DONE ("7.2.2/nothing", "", ""),
  DONE ("7.2.2/with-its-end", HELLO "\x00\x00\x00\xff\xff\x00", "Hello"),
  BROKEN ("7.2.2/type-3", "\x07"),
  BROKEN ("7.2.2/wrong-length", "\x00\x05\x00\xfa\xfe\x48"),
  BROKEN ("7.2.2/too-far-back", "\xca\x00\x11\x00"),
  BROKEN ("7.2.2/cut-off", "\x00\x06\x00\xf9\xff\x48"),
  BROKEN ("7.2.2/cut-off-header", "\x00\x05"),
  BROKEN ("7.2.1/without-the-last-byte", "\xf3\x48\xcd\xc9\xc9\x07\x00"),
};

static RocketIODeflateResult
unpack (RocketIODeflate *deflate,
        gconstpointer    packed,
        gsize            length,
        gsize            max,
        GByteArray      *payload)
{
  /* in a buffer of its own, so that memory checkers see the slightest step aside */
  g_autofree guint8 *copy = g_memdup2 (packed, length);

  return rocketio_deflate_unpack (deflate, copy, length, max, payload);
}

static void
assert_hello (RocketIODeflate *deflate)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_assert_cmpint (unpack (deflate, HELLO "\x00", 7, 5, payload), ==, ROCKETIO_DEFLATE_DONE);
  g_assert_cmpmem (payload->data, payload->len, "Hello", 5);
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_assert_cmpint (unpack (deflate, vector->packed, vector->length, 1000, payload), ==, vector->result);
  if (vector->result == ROCKETIO_DEFLATE_DONE)
    g_assert_cmpmem (payload->data, payload->len, vector->payload, strlen (vector->payload));

  /* whatever came before, the next one is read as if it were the first */
  assert_hello (deflate);
}

static GBytes *
make_payload (gsize    length,
              gboolean is_random)
{
  GString *payload = g_string_sized_new (length);

  while (payload->len < length)
    {
      if (is_random)
        g_string_append_c (payload, g_test_rand_int ());
      else
        g_string_append_printf (payload, "{\"id\":%d,\"name\":\"somebody\"},", g_test_rand_int_range (0, 1000));
    }
  g_string_truncate (payload, length);

  return g_string_free_to_bytes (payload);
}

static void
test_pack (void)
{
  static const gsize lengths[] = { 256, 257, 1000, 16384, 65535, 65536, 1000000 };
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GBytes) original = make_payload (lengths[i], FALSE);
      g_autoptr (GBytes) packed = rocketio_deflate_pack (deflate, g_bytes_get_data (original, NULL), lengths[i]);
      g_autoptr (GBytes) again = rocketio_deflate_pack (deflate, g_bytes_get_data (original, NULL), lengths[i]);
      g_autoptr (GByteArray) payload = g_byte_array_new ();
      gsize length;
      const guint8 *data = g_bytes_get_data (packed, &length);

      g_assert_cmpuint (length, <, lengths[i] / 2);
      g_assert_true (g_bytes_equal (packed, again));    /* no context */
      g_assert_cmpint (unpack (deflate, data, length, lengths[i], payload), ==, ROCKETIO_DEFLATE_DONE);
      g_assert_cmpmem (payload->data, payload->len, g_bytes_get_data (original, NULL), lengths[i]);
    }
}

static void
test_not_worth_it (void)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (GBytes) small = make_payload (ROCKETIO_DEFLATE_MIN_PAYLOAD - 1, FALSE);
  g_autoptr (GBytes) random = make_payload (100000, TRUE);

  g_assert_null (rocketio_deflate_pack (deflate, g_bytes_get_data (small, NULL), ROCKETIO_DEFLATE_MIN_PAYLOAD - 1));
  g_assert_null (rocketio_deflate_pack (deflate, g_bytes_get_data (random, NULL), 100000));
  g_assert_null (rocketio_deflate_pack (deflate, NULL, 0));
}

/* What is stored goes before what is packed. */
static void
test_store (void)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autoptr (GBytes) begin = make_payload (G_MAXUINT16, TRUE);
  g_autoptr (GBytes) rest = make_payload (5000, FALSE);
  g_autoptr (GBytes) packed_rest = rocketio_deflate_pack (deflate, g_bytes_get_data (rest, NULL), 5000);
  g_autoptr (GString) packed = g_string_new (NULL);
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  rocketio_deflate_store (packed, g_bytes_get_data (begin, NULL), G_MAXUINT16);
  g_string_append_len (packed, g_bytes_get_data (packed_rest, NULL), g_bytes_get_size (packed_rest));

  g_assert_cmpint (unpack (deflate, packed->str, packed->len, 100000, payload), ==, ROCKETIO_DEFLATE_DONE);
  g_assert_cmpmem (payload->data, G_MAXUINT16, g_bytes_get_data (begin, NULL), G_MAXUINT16);
  g_assert_cmpmem (payload->data + G_MAXUINT16, payload->len - G_MAXUINT16, g_bytes_get_data (rest, NULL), 5000);
}

/* A few bytes that become many: no more than the bound is ever there. */
static void
test_bomb (void)
{
  static const gsize bounds[] = { 0, 1, 16383, 16384, 16385, 100000, (64 << 20) - 1 };
  const gsize length = 64 << 20;
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (GBytes) bomb = rocketio_deflate_pack (deflate, zeros, length);
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  g_assert_cmpuint (g_bytes_get_size (bomb), <, 100000);
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autoptr (GByteArray) payload = g_byte_array_new ();

      g_assert_cmpint (unpack (deflate, g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb), bounds[i], payload), ==,
                       ROCKETIO_DEFLATE_TOO_LARGE);
      g_assert_cmpuint (payload->len, <=, bounds[i]);
    }

  g_assert_cmpint (unpack (deflate, g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb), length, whole), ==,
                   ROCKETIO_DEFLATE_DONE);
  g_assert_cmpmem (whole->data, whole->len, zeros, length);
}

/* Any bytes at all give an answer, and none that is larger than the bound. */
static void
test_random_garbage (void)
{
  g_autoptr (RocketIODeflate) deflate = rocketio_deflate_new ();
  guint n_broken = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GByteArray) payload = g_byte_array_new ();
      guint8 garbage[64];
      gsize length = g_test_rand_int_range (0, sizeof garbage + 1);

      for (gsize n = 0; n < length; n++)
        garbage[n] = g_test_rand_int ();
      n_broken += unpack (deflate, garbage, length, 200, payload) == ROCKETIO_DEFLATE_BROKEN;
      g_assert_cmpuint (payload->len, <=, 200);
    }

  g_assert_cmpuint (n_broken, >, 10000);
  assert_hello (deflate);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/deflate/rfc7692/", vectors[i].name, NULL);
      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/deflate/pack", test_pack);
  g_test_add_func ("/deflate/not-worth-it", test_not_worth_it);
  g_test_add_func ("/deflate/store", test_store);
  g_test_add_func ("/deflate/bomb", test_bomb);
  g_test_add_func ("/deflate/random-garbage", test_random_garbage);

  return g_test_run ();
}
