// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The fragment of answers.md that is for GJS.

import RocketIO from 'gi://RocketIO?version=1.0';

const io = new RocketIO.Server();
const lookUp = async (name) => (name === 'Rome' ? { lat: 41.5 } : null);

// @find@

io.listen(5000);
io.run();
