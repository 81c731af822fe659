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
        guard let trouble else { return }
        throw UsageError(
            "\(path): what cannot be carried could not be named there, as \(trouble); give another --rejects FILE.",
            explanation: invocation.explanation)
    }

    /// The file itself, behind all symbolic links, which stay what they are.
    private var url: URL {
        var url = URL(filePath: path).absoluteURL
        // Foundation leaves a link alone that leads to nothing. The kernel follows 40 at most (path_resolution(7)).
        for _ in 0..<40 {
            let place = url.path(percentEncoded: false)
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: place) else { break }
            url = URL(filePath: next, relativeTo: url.deletingLastPathComponent()).absoluteURL
        }
        return url.resolvingSymlinksInPath()
    }

    /// Whether it is there and no file that another can take the place of: a pipe, a terminal, /dev/null.
    private var isDevice: Bool {
        // What /dev/stdout leads to may have no name of its own.
        FileManager.default.fileExists(atPath: path) && ![.typeRegular, .typeDirectory].contains(type)
    }

    private var type: FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path(percentEncoded: false))
        return attributes?[.type] as? FileAttributeType
    }

    /// Why nothing can be written there; nil where it can.
    private var trouble: String? {
        let files = FileManager.default
        if isDevice { return files.isWritableFile(atPath: path) ? nil : "this user may not write to it" }
        if type == .typeDirectory { return "it is a folder" }
        let folder = url.deletingLastPathComponent().path(percentEncoded: false)
        if !files.fileExists(atPath: folder) { return "there is no folder \(folder)" }
        return files.isWritableFile(atPath: folder) ? nil : "this user may not write to \(folder)"
    }

    /// Writes the file anew, at once; what is no file gets the lines.
    ///
    /// - Returns: its path.
    /// - Throws: ``Unwritable``.
    func write(_ rejected: [RejectedRowReport]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try rejected.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        do {
            let data = Data(lines.joined().utf8)
            if isDevice { try data.write(to: URL(filePath: path)) } else { try data.write(to: url, options: .atomic) }
        } catch {
            throw Unwritable(path: path, fault: FileFault(error))
        }
        return path
    }
}
