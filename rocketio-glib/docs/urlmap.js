// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the reference of each library is.
baseURLs = [
  ['GLib', 'https://docs.gtk.org/glib/'],
  ['GObject', 'https://docs.gtk.org/gobject/'],
  ['Gio', 'https://docs.gtk.org/gio/'],
  ['Json', 'https://gnome.pages.gitlab.gnome.org/json-glib/'],
  ['Soup', 'https://gnome.pages.gitlab.gnome.org/libsoup/libsoup-3.0/'],
];
