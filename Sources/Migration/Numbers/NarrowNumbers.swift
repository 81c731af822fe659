// SPDX-License-Identifier: Apache-2.0

/// Numbers by a number that a database gave: four bytes for each that fits, which is nearly all of them.
struct NarrowNumbers: Sendable {
    private static let none = Int32.min
    private static let isWide = Int32.min + 1
    private var narrow = PagedArray(none)
    /// Those that do not fit.
    private var wide: [Int64: Int64] = [:]

    subscript(number: Int64) -> Int64? {
        get {
            switch narrow[number] {
            case Self.none: nil
            case Self.isWide: wide[number]
            case let value: Int64(value)
            }
        }
        set {
            let fitting = newValue.map { Int32(exactly: $0).flatMap { $0 > Self.isWide ? $0 : nil } ?? Self.isWide }
            narrow[number] = fitting ?? Self.none
            if fitting == Self.isWide { wide[number] = newValue } else if !wide.isEmpty { wide[number] = nil }
        }
    }
}
