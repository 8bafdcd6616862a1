// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the chat keeps, and how it reads what comes.

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

// The last lines of each room.
class Histories : Object {
    public uint most { get; construct; }

    HashTable<string, Json.Array> rooms = new HashTable<string, Json.Array> (str_hash, str_equal);

    public Histories (uint most) {
        Object (most: most);
    }

    public new Json.Node get (string room) {
        return new Json.Node.alloc ().init_array (rooms[room] ?? new Json.Array ());
    }

    public void add (string room, Json.Node line) {
        if (rooms[room] == null)
            rooms[room] = new Json.Array ();
        rooms[room].add_element (line);
        if (rooms[room].get_length () > most)
            rooms[room].remove_element (0);
    }
}
