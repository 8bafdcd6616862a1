// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragment of presence-and-history.md that is Vala.

// @retain@

int main () {
    var io = new RocketIO.Server ();

    io.event["off"].connect ((data) => {
        try {
            forget_light (io, data.get_string ());
        } catch (Error e) {
            error (e.message);
        }
    });
    try {
        tell_light (io, "hall", true);
        tell_light (io, "stairs", true);
        tell_light (io, "hall", false);
        io.listen (null, 5000);
    } catch (Error e) {
        error (e.message);
    }
    io.run ();

    return 0;
}
