// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

extern const string EXAMPLES_DIR;

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
        io.serve_directory (Path.build_filename (EXAMPLES_DIR, page), FALLBACK_TO_INDEX);
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
