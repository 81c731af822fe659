// SPDX-License-Identifier: Apache-2.0

/// Under what conditions media are copied; all who take part in a race have the same.
struct MediaCondition {
    /// Whether the store is in the page cache beforehand.
    var isWarm = false
    /// Whether a copy counts only when it is on disk.
    var isDurable = true

    /// All four; the first one, which is an operator's, has the plain names.
    static let all = [
        MediaCondition(), MediaCondition(isWarm: true), MediaCondition(isDurable: false),
        MediaCondition(isWarm: true, isDurable: false),
    ]

    /// What follows a benchmark's name.
    var suffix: String { (isWarm ? "-warm" : "") + (isDurable ? "" : "-unsynced") }
}
