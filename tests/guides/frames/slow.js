// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragment of slow-clients.md that is for GJS.

import RocketIO from 'gi://RocketIO?version=1.0';

const io = new RocketIO.Server({ max_queue_bytes: 20000000 });

// @pressure@

io.on('fill', (data, session) => {
  for (let i = 0; i < 100; i++) session.push('much', '.'.repeat(150000));
  session.push('end');
});
io.listen(5000);
io.run();
