// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragment of answers.md that is Vala; not the same program as answers.c.

bool is_yes (Json.Node answer) {
    return answer.get_value_type () == typeof (bool) && answer.get_boolean ();
}

// @delete@

int main () {
    var io = new RocketIO.Server ();

    io.request["delete"].connect ((request) => on_delete.begin (request));
    try {
        io.listen (null, 5000);
    } catch (Error e) {
        error (e.message);
    }
    io.run ();

    return 0;
}
