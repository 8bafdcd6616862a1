// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// Tells what becomes of the page: `wake` when it is worth trying again, `hide (persisted)` when it goes, `show` when it
// has come back as it was. Returns the undoing.
export function watchPage({ wake, hide, show }) {
  const page = globalThis.document;
  const see = () => page.hidden || wake();
  const listeners = [
    [globalThis, 'online', wake],
    [page, 'visibilitychange', see],
    [globalThis, 'pagehide', ({ persisted }) => hide(persisted)],
    [globalThis, 'pageshow', ({ persisted }) => persisted && show()],
  ];
  for (const [target, event, listener] of listeners) target?.addEventListener?.(event, listener);
  return () => {
    for (const [target, event, listener] of listeners) target?.removeEventListener?.(event, listener);
  };
}

// Whether nobody looks, or there is no network: the next try can wait. It is no more than a hint.
export function idle() {
  return globalThis.document?.hidden || globalThis.navigator?.onLine === false;
}
