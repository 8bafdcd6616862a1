// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// From the top of the project: tests/node_modules/.bin/eslint -c tests/eslint.config.mjs bindings js examples tests
import js from '@eslint/js';
import globals from 'globals';

const gjs = Object.fromEntries([
  'imports', 'logError', 'print', 'printerr', 'clearTimeout', 'setTimeout', 'TextDecoder', 'TextEncoder',
].map((name) => [name, 'readonly']));

export default [
  { ignores: ['**/node_modules/', 'build*/', '**/*.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'arrow-body-style': 'error',
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-implicit-coercion': 'error',
      'no-shadow': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['js/**/*.mjs', 'examples/**/*.js', 'examples/**/*.mjs'],
    languageOptions: { ecmaVersion: 2022, globals: globals.browser },
  },
  {
    files: ['examples/*.js', 'tests/gjs/*.js'],
    languageOptions: { ecmaVersion: 2022, globals: gjs },
  },
  {
    // What a frame has is used by the fragment that a test puts into it.
    files: ['tests/guides/frames/*.js'],
    rules: { 'no-unused-vars': 'off' },
    languageOptions: { ecmaVersion: 2022, globals: gjs },
  },
  {
    files: ['bindings/gjs/**/*.js'],
    rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^_init$' }] },
    languageOptions: { ecmaVersion: 2022, sourceType: 'script', globals: gjs },
  },
  {
    files: ['tests/**/*.mjs', 'tests/**/*.cjs'],
    rules: { 'max-lines-per-function': 'off' },
    languageOptions: { ecmaVersion: 2022, globals: { ...globals.node, ...globals.browser } },
  },
];
