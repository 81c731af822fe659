// SPDX-License-Identifier: Apache-2.0

/// The server's clock: a year, from the first event to the last.
enum ServerTime {
    /// Milliseconds since 1970 at which the server began: 14 November 2023.
    static let beginning: Int64 = 1_700_000_000_000
    private static let year: Int64 = 31_536_000_000

    /// When an event was sent, in milliseconds since 1970.
    static func of(_ number: Int64, settings: GeneratorSettings) -> Int64 {
        beginning + Int64(Double(year) * Double(number) / Double(max(settings.events, 1)))
    }

    /// When the server was stopped.
    static let end = beginning + year + 3_600_000
}
