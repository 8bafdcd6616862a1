// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar.

// To each of them, and not to the channel, which keeps its last messages for who comes later.
void push_members (RocketIO.Server io, RocketIO.Session changed) throws Error {
    var names = new Json.Array ();
    string[] ids = {};
    foreach (var member in io.list_channel (room (changed))) {
        names.add_string_element (member.identity);
        ids += member.id;
    }
    var options = new RocketIO.PushOptions ();
    options.set_to (ids);
    io.push_full ("members", new Json.Node.alloc ().init_array (names), options);
}
int main (string[] args) {
    var io = new RocketIO.Server ();
    io.session_closed.connect ((session) => attempt (() => push_members (io, session)));
    io.event["join"].connect ((data, session) => attempt (() => {
        session.identity = text (data);
        io.set_history (room (session), 50);
        push_members (io, session);
    }));
    io.event["chat"].connect ((data, session) => attempt (() => {
        io.push_to_channel (room (session), "chat", new_line (session.identity ?? "somebody", text (data)));
    }));
    return serve (io, "chat", args);
}
