// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

export const POST_LIMIT = 10000;

// The text of a good answer within `limit` ms; throws otherwise, with the `status` if there was one.
export async function request(url, { limit, signal, ...options }) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal?.addEventListener('abort', abort, controller); // until the end of this
  if (signal?.aborted) abort();
  const timer = setTimeout(() => controller.abort(new Error(`${url} did not answer within ${limit / 1000} s`)), limit);
  try {
    const response = await fetch(url, { cache: 'no-store', ...options, signal: controller.signal });
    if (response.ok) return await response.text();
    throw Object.assign(new Error(`${url} answered ${response.status}`), { status: response.status });
  } finally {
    clearTimeout(timer);
    abort();
  }
}

// Ends early when aborted. One at a time for each signal.
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.onabort = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
