// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat with rooms, each of them a channel. Its page, in chat/, takes the room from the path in the address bar.
void push_members (RocketIO.Server io, RocketIO.Session changed) throws Error {
    var names = new Json.Array ();
    foreach (var member in io.list_channel (room (changed))) names.add_string_element (member.identity);
    io.push_to_channel (room (changed), "members", new Json.Node.alloc ().init_array (names));
}
int main (string[] args) {
    var io = new RocketIO.Server ();
    var histories = new Histories (50);
    io.session_closed.connect ((session) => attempt (() => push_members (io, session)));
    io.event["join"].connect ((data, session) => attempt (() => {
        session.identity = text (data);
        session.push ("history", histories[room (session)]);
        push_members (io, session);
    }));
    io.event["chat"].connect ((data, session) => attempt (() => {
        var line = new_line (session.identity ?? "somebody", text (data));
        histories.add (room (session), line);
        io.push_to_channel (room (session), "chat", line);
    }));
    return serve (io, "chat", args);
}
