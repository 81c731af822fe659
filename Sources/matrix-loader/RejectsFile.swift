// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Options

/// The file that names what could not be carried, one JSON object on each line.
struct RejectsFile {
    let path: String

    init(_ invocation: Invocation) { path = invocation.string(.rejects) ?? "rejects.jsonl" }

    /// Writes the file anew.
    ///
    /// - Returns: its path.
    func write(_ rejected: [RejectedRowReport]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try rejected.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        try Data(lines.joined().utf8).write(to: URL(filePath: path), options: .atomic)
        return path
    }
}
