// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the examples in Vala have in common: serves the folder `page` as the options of the program say, until Ctrl-C.
int serve (RocketIO.Server io, string page, string[] args) {
    int port = 5000;
    string? address = null;
    OptionEntry[] entries = {
        { "port", 'p', 0, OptionArg.INT, &port, "The port to listen on; 0 is any that is free", "N" },
        { "address", 'a', 0, OptionArg.STRING, &address, "The address to listen on; * is all of them", "ADDRESS" },
        {}
    };
    var options = new OptionContext ();
    options.add_main_entries (entries, null);

    try {
        var words = args;
        options.parse_strv (ref words);
        io.serve_directory (Path.build_filename (Config.EXAMPLES_DIR, page), FALLBACK_TO_INDEX);
        io.listen (address, port);
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }

    foreach (var uri in io.get_uris ())
        print ("listening on %s\n", uri.to_string ());
    io.run ();

    return 0;
}

delegate void Step () throws Error;

// A handler cannot throw, so what it does may fail in here.
void attempt (Step step) {
    try {
        step ();
    } catch (Error e) {
        warning (e.message);
    }
}

// What a client told, if it is a string.
string text (Json.Node node) {
    return node.get_value_type () == typeof (string) ? node.get_string () : "";
}
