// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// Tells what becomes of the page: `wake` when it is worth trying again, `hide (persisted)` when it goes, `show` when it
// has come back as it was. Returns the undoing.
export function watchPage({ wake, hide, show }) {
  const page = globalThis.document;
  const controller = new AbortController();
  const on = (target, event, listener) => target?.addEventListener?.(event, listener, controller); // it has the signal
  on(globalThis, 'online', wake);
  on(page, 'visibilitychange', () => page.hidden || wake());
  on(globalThis, 'pagehide', ({ persisted }) => hide(persisted));
  on(globalThis, 'pageshow', ({ persisted }) => persisted && show());
  return () => controller.abort();
}

// Whether nobody looks, or there is no network: the next try can wait. It is no more than a hint.
export function idle() {
  return globalThis.document?.hidden || globalThis.navigator?.onLine === false;
}
