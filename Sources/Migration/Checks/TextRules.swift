// SPDX-License-Identifier: Apache-2.0

/// How a database stores text, and by what it sorts it.
struct TextRules: Equatable {
    let encoding: String
    /// `LC_COLLATE` and `LC_CTYPE`, which count for nothing where ICU sorts.
    let collation: String
    let characterType: String
    /// ICU's locale; nil where the C library or PostgreSQL itself sorts.
    let icuLocale: String?
    /// The version of the rules that indexes were made by, and that of the library as it is now; empty where PostgreSQL
    /// does not know.
    let collationVersion: String
    let actualCollationVersion: String

    /// Whether the library that sorts has been changed since indexes were made, so that they may miss rows.
    ///
    /// https://www.postgresql.org/docs/current/sql-alterdatabase.html
    var isOutdated: Bool {
        !collationVersion.isEmpty && !actualCollationVersion.isEmpty && collationVersion != actualCollationVersion
    }
}
