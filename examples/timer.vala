// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A timer for a workshop: an application that has an HTTP server of its own, and actions. How RocketIO comes into such
// a program is add_rocketio(); all the rest could have been there before. Its page, in timer/, is among its resources.

// What the program is about, and knows nothing of networks.
class Timer : Object {
    public const int MOST = 6 * 3600;

    public int seconds { get; private set; default = 300; }
    public bool running { get; private set; }

    uint source;

    public signal void changed ();

    public void take (string what) {
        switch (what) {
        case "begin":
            run (seconds > 0);
            break;
        case "pause":
            run (false);
            break;
        case "reset":
            seconds = 300;
            run (false);
            break;
        case "extend":
            seconds = int.min (seconds + 60, MOST);
            changed ();
            break;
        }
    }

    void run (bool on) {
        if (source != 0)
            Source.remove (source);
        source = on ? Timeout.add (1000, tick) : 0;
        running = on;
        changed ();
    }

    bool tick () {
        seconds--;
        if (seconds == 0) {
            source = 0;
            running = false;
        }
        changed ();

        return running;
    }
}

class TimerApplication : Application {
    const string[] ACTIONS = { "begin", "pause", "reset", "extend" };

    Timer timer = new Timer ();
    Soup.Server soup = (Soup.Server) Object.@new (typeof (Soup.Server));
    RocketIO.Server io;
    string? address;
    int port = 5000;

    public TimerApplication () {
        Object (application_id: "io.github.rocketio.Timer", flags: ApplicationFlags.NON_UNIQUE);
        add_main_option_entries ({
            { "port", 'p', 0, OptionArg.INT, &port, "The port to listen on; 0 is any that is free", "N" },
            { "address", 'a', 0, OptionArg.STRING, &address, "The address to listen on; * is all of them", "ADDRESS" },
            {}
        });
    }

    // RocketIO, in five lines. The page is told the time whenever it changes, and can do what the actions do. The last
    // line serves the page from the resources and listens, for the handlers that the HTTP server has already, too.
    void add_rocketio () throws Error {
        io = new RocketIO.Server.for_soup_server (soup);
        io.session_opened.connect ((session) => attempt (() => session.push_variant ("time", describe ())));
        timer.changed.connect (() => attempt (() => io.push_variant ("time", describe ())));
        foreach (var name in ACTIONS) io.event[name].connect ((data, session, name) => activate_action (name, null));
        if (io.serve_resource ("/io/github/rocketio/timer")) io.listen (address, port);
    }

    Variant describe () {
        return new Variant.parsed ("{'seconds': <%i>, 'running': <%b>}", timer.seconds, timer.running);
    }

    void add_actions () {
        foreach (var name in ACTIONS) {
            var action = new SimpleAction (name, null);

            action.activate.connect (() => timer.take (action.name));
            add_action (action);
        }
    }

    // What was there before: for scripts, and for a monitor.
    void add_status () {
        soup.add_handler ("/status", (server, message) => {
            var text = "%d seconds left, %s\n".printf (timer.seconds, timer.running ? "running" : "not running");

            message.set_status (Soup.Status.OK, null);
            message.set_response ("text/plain; charset=utf-8", Soup.MemoryUse.COPY, text.data);
        });
    }

    protected override void startup () {
        base.startup ();
        add_actions ();
        add_status ();
        try {
            add_rocketio ();
        } catch (Error e) {
            printerr ("%s\n", e.message);
            Process.exit (1);
        }
    }

    protected override void activate () {
        foreach (var uri in io.get_uris ())
            print ("listening on %s\n", uri.to_string ());
        Unix.signal_add (Posix.Signal.INT, end);
        Unix.signal_add (Posix.Signal.TERM, end);
        hold ();
    }

    bool end () {
        quit ();

        return Source.CONTINUE;
    }

    protected override void shutdown () {
        io.close ();
        base.shutdown ();
    }
}

int main (string[] args) {
    return new TimerApplication ().run (args);
}
