// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragment of presence-and-history.md that is for GJS.

import RocketIO from 'gi://RocketIO?version=1.0';

const io = new RocketIO.Server();
const findUser = async (auth) => (auth === 'secret of ann' ? { name: 'ann' } : null);

// @authenticate@

io.handle('who', (data, session) => session.identity);
io.listen(5000);
io.run();
