// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

const PREFIXES = ['', 'k', 'M', 'G', 'T'];
const NARROW = '\u202f';

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

// A value as the number and the unit that are read best: 12_345_678 B is 12.3 MB.
export function parts(value, unit, format) {
  if (value === null || value === undefined) return { number: '–', unit: '' };
  let scaled = value;
  let prefix = 0;
  if (unit.startsWith('B')) {
    while (scaled >= 999.5 && prefix < PREFIXES.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    if (prefix === 0) format ??= whole;
  }
  if (scaled >= 99.95) format ??= whole;
  format ??= unit ? tenths : hundredths;
  return { number: format.format(scaled), unit: PREFIXES[prefix] + unit };
}

export function words(value, unit) {
  const { number, unit: scaled } = parts(value, unit);
  return scaled ? `${number}${NARROW}${scaled}` : number;
}

// For an axis, where 100 needs no decimals.
export function mark(value, unit) {
  const { number, unit: scaled } = parts(value, unit, short);
  return scaled ? `${number}${NARROW}${scaled}` : number;
}

// The next of 1, 2, 5, 10, 20, ...
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}
