// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

// What a tab remembers while no page of it is there. A page that lives keeps its entry to itself: a duplicate of the tab
// finds none.
export function takeFromTab(key) {
  try {
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return JSON.parse(text);
  } catch {
    return null; // there is no storage, or none for us
  }
}

export function leaveInTab(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // then it is a new session
  }
}
