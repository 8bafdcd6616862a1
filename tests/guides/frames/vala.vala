// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragments of vala.md.

// @player@

string read_part (int number) {
    return "%d%s".printf (number, string.nfill (500000, '.'));
}

// @reading@

// @flush@

// @asking@

void on_push (RocketIO.Server io, Json.Node data, RocketIO.Session session, string name) {
    try {
        // @pushes@

        // @choices@
        // @keeping-options@
    } catch (Error e) {
        error (e.message);
    }
}

int main () {
    // @soup@

    // @errors@

    // @signals@
    // @begin@
    // @requests@
    // @travel@
    // @authenticate@
    // @channels@
    // @returning@
    // @bytes@
    // @keeping@

    io.event["join"].connect (on_join);
    io.event["push"].connect (on_push);
    io.event["age"].connect ((data, session) => {
        try {
            session.push_variant ("age", ((Player) session.user_data_object).age);
        } catch (Error e) {
            error (e.message);
        }
    });
    io.event["last"].connect ((data, session) => {
        try {
            session.push ("last", last);
        } catch (Error e) {
            error (e.message);
        }
    });
    io.event["leave"].connect ((data, session) => session.close ());
    soup.add_handler ("/quit", (server, message) => {
        message.set_status (Soup.Status.OK, null);
        io.close ();
    });
    try {
        io.listen (null, 5000);
    } catch (Error e) {
        error (e.message);
    }
    io.run ();

    return 0;
}
