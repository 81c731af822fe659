// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration

/// Standard output is the result, standard error everything else.
enum Output {
    /// What became of a result: nobody may take a lost one for an empty one.
    struct Unwritable: Error, CustomStringConvertible {
        let fault: FileFault

        var description: String { "The result cannot be written to standard output: \(fault); all else is done." }
    }

    /// Writes to standard output, as it is.
    ///
    /// - Throws: ``Unwritable``.
    static func result(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw Unwritable(fault: FileFault(error))
        }
    }

    /// A value as a JSON document of its own.
    static func result(json value: some Encodable) throws {
        try result(try json(value))
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    static func message(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
