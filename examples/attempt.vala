// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

delegate void Step () throws Error;

// A handler cannot throw, so what it does may fail in here.
void attempt (Step step) {
    try {
        step ();
    } catch (Error e) {
        warning (e.message);
    }
}
