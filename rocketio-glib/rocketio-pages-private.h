/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#ifndef ROCKETIO_GLIB_COMPILATION
#error "This header is private to rocketio-glib."
#endif

#include "rocketio-types.h"

G_BEGIN_DECLS

/* The files of an app's page, from a directory or from a GResource: type, index.html, validators, ranges (libsoup's),
 * and no way out. */
typedef struct _RocketIOPages RocketIOPages;

/* Fails if `path` is no readable directory, with an error of G_IO_ERROR that names it. */
RocketIOPages *rocketio_pages_new_for_directory (const char          *path,
                                                 RocketIOServeFlags   flags,
                                                 GError             **error);

/* `path` is a folder of the resources registered with the process. Fails if there is nothing below it. */
RocketIOPages *rocketio_pages_new_for_resource  (const char          *path,
                                                 RocketIOServeFlags   flags,
                                                 GError             **error);
void           rocketio_pages_free              (RocketIOPages       *self);

/* Answers `msg`, a request for `path` as libsoup gives it to a handler: percent-decoded, starting with a slash. */
void           rocketio_pages_handle            (RocketIOPages       *self,
                                                 SoupServerMessage   *msg,
                                                 const char          *path);

/* Sends who asks for `path` to the same with a slash at its end, so that what the page links to is looked for below. */
void           rocketio_pages_redirect_to_folder (SoupServerMessage *msg,
                                                  const char        *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RocketIOPages, rocketio_pages_free)

G_END_DECLS
