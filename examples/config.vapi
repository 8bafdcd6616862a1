// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

[CCode (cprefix = "", lower_case_cprefix = "")]
namespace Config {
    public const string EXAMPLES_DIR;
}
