// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the examples in GJS have in common.

import Gio from 'gi://Gio';
import RocketIO from 'gi://RocketIO?version=1.0';
import { exit, programArgs, programInvocationName } from 'system';

const HERE = Gio.File.new_for_uri(import.meta.url).get_parent();

// The values of --port and --address.
function readOptions() {
  const options = { port: 5000, address: null };
  for (let i = 0; i < programArgs.length; i += 2) {
    const [name, value] = [programArgs[i].replace(/^--/, ''), programArgs[i + 1]];
    if (!(name in options) || value === undefined) {
      printerr(`Usage: gjs -m ${programInvocationName} [--port N] [--address ADDRESS]`);
      exit(2);
    }
    options[name] = name === 'port' ? Number(value) : value;
  }
  return options;
}

// Serves the folder `page` beside this file, as the options of the program say, until Ctrl-C.
export function serve(io, page) {
  const { address, port } = readOptions();
  try {
    io.serve_directory(HERE.get_child(page).get_path(), RocketIO.ServeFlags.FALLBACK_TO_INDEX);
    io.listen(address, port, null);
  } catch (error) {
    printerr(error.message);
    exit(1);
  }

  for (const uri of io.get_uris()) print(`listening on ${uri.to_string()}`);
  io.run();
}
