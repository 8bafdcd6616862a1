// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// `code` says why, for programs; the message says it for people.
export class RocketIOError extends Error {
  name = 'RocketIOError';

  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
