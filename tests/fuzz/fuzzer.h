/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What each fuzz-NAME.c has: libFuzzer calls it with what it makes up, replay.c with what is in corpus/NAME. It aborts
 * where something is wrong. */
int fuzzer_run             (const guint8 *data,
                            gsize         size);

/* The names that libFuzzer knows it by. */
int LLVMFuzzerInitialize   (int          *argc,
                            char       ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

G_END_DECLS
