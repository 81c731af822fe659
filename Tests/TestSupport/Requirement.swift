// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Something outside the package without which tests are skipped, unless the environment says that it must be there.
public struct Requirement: Sendable {
    let variable: String

    static let postgres = Requirement(variable: "REQUIRE_POSTGRES")
    static let postgres18 = Requirement(variable: "REQUIRE_POSTGRES_18")
    static let synapse = Requirement(variable: "REQUIRE_SYNAPSE")
    /// Shells and readers of manual pages.
    public static let programs = Requirement(variable: "REQUIRE_PROGRAMS")

    /// Skips the running test with a reason; returns where the environment demands a failure instead.
    public func skip(_ reason: String) throws {
        if ProcessInfo.processInfo.environment[variable] == "1" { return }
        try Test.cancel("\(reason)")
    }
}
