/* SPDX-FileCopyrightText: 2026 The rocketio-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <rocketio-glib/rocketio-version.h>

/**
 * rocketio_get_major_version:
 *
 * Gets the major version of the library that the program runs with; [const@MAJOR_VERSION] is that of the headers it was
 * compiled with. May be called from any thread.
 *
 * Returns: the major version
 */
guint
rocketio_get_major_version (void)
{
  return ROCKETIO_MAJOR_VERSION;
}

/**
 * rocketio_get_minor_version:
 *
 * Gets the minor version of the library that the program runs with. May be called from any thread.
 *
 * Returns: the minor version
 */
guint
rocketio_get_minor_version (void)
{
  return ROCKETIO_MINOR_VERSION;
}

/**
 * rocketio_get_micro_version:
 *
 * Gets the micro version of the library that the program runs with. May be called from any thread.
 *
 * Returns: the micro version
 */
guint
rocketio_get_micro_version (void)
{
  return ROCKETIO_MICRO_VERSION;
}
