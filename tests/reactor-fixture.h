/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "helpers.h"
#include "rocketio-reactor-private.h"

G_BEGIN_DECLS

/* A reactor, and watches and timers that tell what ran. */
typedef struct
{
  GMainContext    *context;
  RocketIOReactor *reactor;
  GString         *story;      /* what ran, a letter each */
} ReactorTest;

/* A socket with both ends. */
typedef struct _Line Line;

struct _Line
{
  RocketIOWatch   watch;
  ReactorTest    *test;
  int             fd;
  int             peer;        /* -1: closed */
  char            name;
  RocketIOEvents  events;      /* of the last call */
  guint           n;           /* calls */
  guint           depth;
  gboolean        keep;        /* does not read what there is */
  void          (*action) (Line *self);
  Line           *other;
};

typedef struct _Clock Clock;

struct _Clock
{
  RocketIOTimer  timer;
  ReactorTest   *test;
  char           name;
  gint64         due;
  guint          n;
  void         (*action) (Clock *self);
  Clock         *other;
};

void reactor_test_setup    (ReactorTest    *test,
                            gconstpointer   data);
void reactor_test_teardown (ReactorTest    *test,
                            gconstpointer   data);
void assert_story          (ReactorTest    *test,
                            const char     *story);

void line_init             (Line           *self,
                            ReactorTest    *test,
                            char            name);
void line_clear            (Line           *self);
void line_watch            (Line           *self,
                            RocketIOEvents  events);

/* Gives it something to read. */
void line_poke             (Line           *self);

void clock_init            (Clock          *self,
                            ReactorTest    *test,
                            char            name);
void clock_clear           (Clock          *self);
void clock_start           (Clock          *self,
                            gint64          milliseconds);

/* Lets time pass without a turn. */
void dawdle                (guint           milliseconds);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clock, clock_clear)

G_END_DECLS
