/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

/* What a client may and may not send, by the sections of RFC 6455.
 *
 * Streams are written in tokens. `=HEX` stands for bytes as they are; `FB:HEX` for a masked frame with FB as its first
 * byte and HEX as its payload. What comes out is written in the same way, a close frame with its code and reason; an
 * error is `!CODE@SECTION`. So a valid stream without fragments comes out as it went in. */

typedef struct
{
  const char *name;
  const char *stream;
  const char *outcome;       /* NULL: the same */
  gsize       max_message;   /* 0: enough */
} FrameVector;

static const FrameVector frame_vectors[] = {
  { "5.1/unmasked", "=8105 =48656c6c6f", "!1002@5.1" },
  { "5.1/unmasked-ping", "=8900", "!1002@5.1" },
  { "5.1/unmasked-second", "81:48656c6c6f =8100", "81:48656c6c6f !1002@5.1" },

  { "5.2/rsv1", "=c1", "!1002@5.2" },
  { "5.2/rsv2", "=a1", "!1002@5.2" },
  { "5.2/rsv3", "=91", "!1002@5.2" },
  { "5.2/rsv-on-continuation", "01:61 =c0", "!1002@5.2" },
  { "5.2/rsv-on-ping", "=c9", "!1002@5.2" },
  { "5.2/opcode-3", "=83", "!1002@5.2" },
  { "5.2/opcode-4", "=84", "!1002@5.2" },
  { "5.2/opcode-5", "=85", "!1002@5.2" },
  { "5.2/opcode-6", "=86", "!1002@5.2" },
  { "5.2/opcode-7", "=87", "!1002@5.2" },
  { "5.2/opcode-11", "=8b", "!1002@5.2" },
  { "5.2/opcode-12", "=8c", "!1002@5.2" },
  { "5.2/opcode-13", "=8d", "!1002@5.2" },
  { "5.2/opcode-14", "=8e", "!1002@5.2" },
  { "5.2/opcode-15", "=8f", "!1002@5.2" },
  { "5.2/opcode-3-unfinished", "=03", "!1002@5.2" },
  { "5.2/opcode-11-unfinished", "=0b", "!1002@5.2" },
  { "5.2/16-bits-for-125", "=82fe007d", "!1002@5.2" },
  { "5.2/16-bits-for-0", "=82fe0000", "!1002@5.2" },
  { "5.2/64-bits-for-125", "=82ff000000000000007d", "!1002@5.2" },
  { "5.2/64-bits-for-65535", "=82ff000000000000ffff", "!1002@5.2" },
  { "5.2/64-bits-negative", "=82ff8000000000000000", "!1002@5.2" },
  { "5.2/64-bits-all-set", "=82ffffffffffffffffff", "!1002@5.2" },
  { "5.2/16-bits-for-126", "=82fe007e", "" },
  { "5.2/64-bits-for-65536", "=82ff0000000000010000", "" },

  { "5.4/two", "01:48656c 80:6c6f", "81:48656c6c6f" },
  { "5.4/four", "02:00 00:01 00:02 80:ff", "82:000102ff" },
  { "5.4/empty-fragments", "01: 00: 80:", "81:" },
  { "5.4/empty-start", "01: 80:48656c6c6f", "81:48656c6c6f" },
  { "5.4/empty-end", "01:48656c6c6f 00: 80:", "81:48656c6c6f" },
  { "5.4/ping-between", "01:48656c 89:68 80:6c6f", "89:68 81:48656c6c6f" },
  { "5.4/pings-everywhere", "89: 01:48656c 89:61 8a: 00: 89:62 80:6c6f 89:", "89: 89:61 8a: 89:62 81:48656c6c6f 89:" },
  { "5.4/close-between", "01:48656c 88:03e8 80:6c6f", "88:03e8" },
  { "5.4/two-messages", "01:61 80:62 02:63 80:64", "81:6162 82:6364" },
  { "5.4/continuation-first", "=80", "!1002@5.4" },
  { "5.4/continuation-unfinished-first", "=00", "!1002@5.4" },
  { "5.4/continuation-after-whole", "81:61 =80", "81:61 !1002@5.4" },
  { "5.4/continuation-after-end", "01:61 80:62 =80", "81:6162 !1002@5.4" },
  { "5.4/continuation-after-ping", "89: =80", "89: !1002@5.4" },
  { "5.4/text-inside", "01:61 =81", "!1002@5.4" },
  { "5.4/binary-inside", "01:61 =82", "!1002@5.4" },
  { "5.4/start-inside-empty", "01: =01", "!1002@5.4" },
  { "5.4/start-after-ping-inside", "01:61 89: =01", "89: !1002@5.4" },

  { "5.5/fragmented-ping", "=09", "!1002@5.5" },
  { "5.5/fragmented-pong", "=0a", "!1002@5.5" },
  { "5.5/fragmented-close", "=08", "!1002@5.5" },
  { "5.5/long-ping", "=89fe", "!1002@5.5" },
  { "5.5/longer-ping", "=89ff", "!1002@5.5" },
  { "5.5/long-pong", "=8afe", "!1002@5.5" },
  { "5.5/long-close", "=88fe", "!1002@5.5" },
  { "5.5/unasked-pong", "8a:68", NULL },
  { "5.5/not-text", "89:ff 8a:c0", NULL },

  { "5.5.1/empty", "88:", NULL },
  { "5.5.1/half-a-code", "=8881", "!1002@5.5.1" },
  { "5.5.1/code", "88:03e8", NULL },
  { "5.5.1/reason", "88:03e9c3a9", NULL },
  { "1.4/data-after-close", "88:03e8 81:48656c6c6f", "88:03e8" },
  { "1.4/ping-after-close", "88: 89:", "88:" },
  { "1.4/garbage-after-close", "88: =ffffffff", "88:" },

  { "7.4/0", "88:0000", "!1002@7.4" },
  { "7.4/999", "88:03e7", "!1002@7.4" },
  { "7.4/1004", "88:03ec", "!1002@7.4" },
  { "7.4/1005", "88:03ed", "!1002@7.4" },
  { "7.4/1006-with-reason", "88:03ee61", "!1002@7.4" },
  { "7.4/1015", "88:03f7", "!1002@7.4" },
  { "7.4/2999", "88:0bb7", "!1002@7.4" },
  { "7.4/5000", "88:1388", "!1002@7.4" },
  { "7.4/65535", "88:ffff", "!1002@7.4" },
  { "7.4/1014", "88:03f6", NULL },
  { "7.4/3000", "88:0bb8", NULL },
  { "7.4/4999", "88:1387", NULL },

  { "8.1/reason", "88:03e8ff", "!1007@8.1" },
  { "8.1/reason-cut", "88:03e86162e282", "!1007@8.1" },
  { "8.1/bad-code-and-reason", "88:0000ff", "!1002@7.4" },
  { "8.1/character-over-fragments", "01:c3 80:a9", "81:c3a9" },
  { "8.1/character-byte-by-byte", "01:f0 00:9f 00:9a 80:80", "81:f09f9a80" },
  { "8.1/character-around-ping", "01:e282 89:ff 80:ac", "89:ff 81:e282ac" },
  { "8.1/next-message-starts-anew", "81:c3a9 01:61 80:c3a9", "81:c3a9 81:61c3a9" },
  { "8.1/ends-in-character", "81:61c3", "!1007@8.1" },
  { "8.1/ends-in-character-of-fragment", "01:e282 80:", "!1007@8.1" },
  { "8.1/cut-character-then-ascii", "01:c3 80:61", "!1007@8.1" },
  { "8.1/bad-in-first-fragment", "01:61ff", "!1007@8.1" },
  { "8.1/bad-in-middle-fragment", "01:61 00:80", "!1007@8.1" },
  { "8.1/bad-in-unfinished-frame", "=81ff0000000000010000 =00000000 =ff", "!1007@8.1" },
  { "8.1/bad-after-ascii-in-unfinished-frame", "=81ff0000000000010000 =00000000 =6162636465666768696aed =a0",
    "!1007@8.1" },
  { "8.1/binary-is-free", "82:ff 02:c3 80:ff", "82:ff 82:c3ff" },
  { "8.1/nul", "81:00", NULL },
  { "8.1/noncharacter", "81:efbfbf", NULL },
  { "8.1/overlong", "81:c080", "!1007@8.1" },
  { "8.1/surrogate", "81:eda080", "!1007@8.1" },
  { "8.1/above", "81:f4908080", "!1007@8.1" },

  { "10.4/just-fits", "81:48656c6c6f", NULL, 5 },
  { "10.4/announced", "=8186", "!1009@10.4", 5 },
  { "10.4/announced-16-bits", "=82fe0100", "!1009@10.4", 255 },
  { "10.4/announced-64-bits", "=82ff7fffffffffffffff", "!1009@10.4" },
  { "10.4/announced-32-bits-and-5", "=82ff0000000100000005", "!1009@10.4", 5 },
  { "10.4/fragments-fit", "02:0102 00: 80:030405", "82:0102030405", 5 },
  { "10.4/fragments-do-not", "02:0102 =8084", "!1009@10.4", 5 },
  { "10.4/fragments-one-more", "02:0102 00:030405 =0081", "!1009@10.4", 5 },
  { "10.4/control-does-not-count", "02:0102 89:01020304050607 80:030405", "89:01020304050607 82:0102030405", 5 },
  { "10.4/counts-anew", "02:0102 80:030405 82:0102030405", "82:0102030405 82:0102030405", 5 },
};

/* The same where compression was agreed on, RFC 7692. f248cdc9c90700 is Hello, its section 7.2.3.1. */
static const FrameVector deflate_vectors[] = {
  { "7.2.3.1/one-frame", "c1:f248cdc9c90700", "81:48656c6c6f" },
  { "7.2.3.1/fragments", "41:f248cd 80:c9c90700", "81:48656c6c6f" },
  { "7.2.3.1/empty-fragments", "41: 00:f248cdc9c907 00: 80:00", "81:48656c6c6f" },
  { "7.2.3.1/binary", "c2:f248cdc9c90700", "82:48656c6c6f" },
  { "7.2.3.3/no-compression", "c1:000500faff48656c6c6f00", "81:48656c6c6f" },
  { "7.2.3.4/final", "c1:f348cdc9c9070000", "81:48656c6c6f" },
  { "7.2.3.5/two-blocks", "c1:f248050000 =80", "!1007@7.2.2" },
  { "7.2.3.6/empty", "c1:00", "81:" },
  { "7.2.3.6/nothing", "c1: 41: 80:", "81: 81:" },

  { "6/uncompressed", "81:48656c6c6f", "81:48656c6c6f" },
  { "6/in-turn", "c1:f248cdc9c90700 82:00 c2:f248cdc9c90700 01:61 80:62",
    "81:48656c6c6f 82:00 82:48656c6c6f 81:6162" },
  { "6/ping-between", "41:f248cd 89:68 80:c9c90700", "89:68 81:48656c6c6f" },
  { "6/close-between", "41:f248cd 88:03e8 80:c9c90700", "88:03e8" },
  { "6/rsv1-on-continuation", "41:f248cd =c0", "!1002@6" },
  { "6/rsv1-on-uncompressed-continuation", "01:61 =c0", "!1002@6" },
  { "6/rsv1-on-close", "=c8", "!1002@6" },
  { "6/rsv1-on-ping", "=c9", "!1002@6" },
  { "6/rsv1-on-pong", "=ca", "!1002@6" },
  { "5.2/rsv2", "=a1", "!1002@5.2" },
  { "5.2/rsv3", "=91", "!1002@5.2" },
  { "5.2/rsv1-and-rsv2", "=e1", "!1002@5.2" },
  { "5.2/opcode-3", "=c3", "!1002@6" },

  { "7.2.2/broken", "c1:07", "!1007@7.2.2" },
  { "7.2.2/broken-after-a-good-one", "c1:f248cdc9c90700 c1:ca00110000", "81:48656c6c6f !1007@7.2.2" },
  { "7.2.2/no-context", "c1:f248cdc9c90700 c1:f200110000", "81:48656c6c6f !1007@7.2.2" },
  { "7.2.2/cut-off", "41:f248cd 80:", "!1007@7.2.2" },

  { "8.1/not-utf-8", "c1:000100feffff00", "!1007@8.1" },
  { "8.1/half-a-character", "c1:000100feffc300", "!1007@8.1" },
  { "8.1/character-in-two-blocks", "c1:000100feffc3000100feffb600", "81:c3b6" },
  { "8.1/binary-is-not-checked", "c2:000100feffff00", "82:ff" },

  { "10.4/as-large-as-may-be", "c1:f248cdc9c90700", "81:48656c6c6f", 5 },
  { "10.4/inflates-to-too-much", "c1:f248cdc9c90700", "!1009@10.4", 4 },
  { "10.4/inflates-to-too-much-in-fragments", "41:f248cd 80:c9c90700", "!1009@10.4", 4 },
  { "10.4/packed-too-large", "=c19a", "!1009@10.4", 8 },
  { "10.4/packed-too-large-in-fragments", "41:f248cdc9c90700 =8093", "!1009@10.4", 8 },
  { "10.4/uncompressed-too-large", "=8189", "!1009@10.4", 8 },
};
