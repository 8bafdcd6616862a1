/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A thread with a table of file descriptors of its own.
 *
 * The limit of open files counts a table, and one instance a server keeps up to 20,000 connections here. With a table
 * an instance, two servers can have their 10,000 clients at the same time, and be measured in turn, where the hard
 * limit is 20,000 as well.
 *
 * Nothing runs in parallel: worker_call() waits for the end of the call, and whoever called may touch everything the
 * worker touched. */

#pragma once

#include <glib.h>

typedef struct _Worker Worker;

typedef void (*WorkerFunc) (gpointer data);

Worker  *worker_new         (void);
void     worker_free        (Worker    *self);
void     worker_call        (Worker    *self,
                             WorkerFunc func,
                             gpointer   data);

/* FALSE where the system forbids tables of their own (a container's seccomp filter may): then all share one limit. */
gboolean worker_has_own_fds (void);
