// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// Files in the running test's folder; the test needs the trait `.temporaryFolder`.
struct ConfigurationFolder {
    let path = TemporaryFolder.path

    init(_ files: [String: String] = [:]) throws {
        for (name, text) in files { try text.write(toFile: self[name], atomically: true, encoding: .utf8) }
    }

    /// The path of a file in the folder.
    subscript(name: String) -> String { "\(path)/\(name)" }
}
