// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A reporter for Node's test runner: flat TAP, one line a test, as meson reads it. Node's own nests.

function line(number, { name, nesting, skip, todo }, ok, path) {
  const title = [...path.slice(0, nesting), name].join(' / ').replaceAll('#', '\\#');
  const reason = typeof skip === 'string' ? ` ${skip.replace(/\s+/g, ' ')}` : '';
  const directive = skip !== undefined ? ` # SKIP${reason}` : todo !== undefined ? ' # TODO' : '';
  return `${ok ? 'ok' : 'not ok'} ${number} - ${title}${directive}\n`;
}

function comment(text) {
  return `${text.replace(/^/gm, '# ').trimEnd()}\n`;
}

export default async function* tap(events) {
  const path = [];
  let count = 0;
  let parent = -1;    // how deep the last test was that had finished: one above it is a suite of it

  yield 'TAP version 13\n';
  for await (const { type, data } of events) {
    if (type === 'test:start') path[data.nesting] = data.name;
    if (type === 'test:diagnostic' || type === 'test:stdout' || type === 'test:stderr') yield comment(data.message);
    if (type !== 'test:pass' && type !== 'test:fail') continue;

    const isSuite = data.nesting < parent;
    const ok = type === 'test:pass';
    parent = data.nesting;
    if (isSuite && ok) continue;
    yield line(++count, data, ok, path);
    if (!ok) yield comment(String(data.details?.error?.cause?.stack ?? data.details?.error?.stack ?? ''));
  }
  yield `1..${count}\n`;
}
