// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import Options

/// The file that names what could not be carried, one JSON object on each line.
struct RejectsFile {
    /// All else is done, and what could not be carried remains to be named.
    struct Unwritable: Error, CustomStringConvertible {
        let path: String
        let fault: FileFault

        var description: String {
            "\(path): what could not be carried cannot be named there, as \(fault); all else is done: run the same command with "
                + "another --rejects FILE."
        }
    }

    let path: String

    /// The file of `--rejects`, or rejects.jsonl in the current folder; nothing is written yet.
    ///
    /// - Throws: ``UsageError`` where no file can be written, which must not be news at the end.
    init(_ invocation: Invocation) throws(UsageError) {
        path = invocation.string(.rejects) ?? "rejects.jsonl"
        let files = FileManager.default
        let folder = URL(filePath: path).absoluteURL.deletingLastPathComponent().path(percentEncoded: false)
        let trouble: String? =
            if !files.fileExists(atPath: folder) {
                "there is no folder \(folder)"
            } else if !files.isWritableFile(atPath: folder) {
                "this user may not write to \(folder)"
            } else if (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
                "it is a folder"
            } else {
                nil
            }
        guard let trouble else { return }
        throw UsageError(
            "\(path): what cannot be carried could not be named there, as \(trouble); give another --rejects FILE.",
            explanation: invocation.explanation)
    }

    /// Writes the file anew.
    ///
    /// - Returns: its path.
    /// - Throws: ``Unwritable``.
    func write(_ rejected: [RejectedRowReport]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try rejected.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        do {
            try Data(lines.joined().utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Unwritable(path: path, fault: FileFault(error))
        }
        return path
    }
}
