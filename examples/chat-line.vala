// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How the chat reads what comes, and writes what goes.

// What a client told, if it is a string.
string text (Json.Node node) {
    return node.get_value_type () == typeof (string) ? node.get_string () : "";
}

Json.Node new_line (string name, string text) {
    var line = "{'name': <%s>, 'text': <%s>, 'time': <%x>}";

    return Json.gvariant_serialize (new Variant.parsed (line, name, text, get_real_time () / 1000));
}

// The channel, which the page always names.
string room (RocketIO.Session session) {
    return session.channel ?? "lobby";
}
