// SPDX-License-Identifier: Apache-2.0
import Foundation
import Loader

/// The file from which Synapse reads its signing key.
public struct SigningKeyFile: Sendable {
    /// What ``install(_:)`` did.
    public enum Installation: Sendable, Hashable {
        /// The file held the key already.
        case wasThere
        /// The key was written; another one that was there is kept in the file of this name.
        case written(kept: String?)
    }

    /// The file itself, behind all symbolic links.
    private let url: URL

    /// Names the file.
    public init(_ path: String) {
        url = URL(filePath: path).resolvingSymlinksInPath()
    }

    /// Makes a key the one that Synapse signs with, without ever losing or overwriting another.
    ///
    /// The file is written beside and renamed, so that it is there at any moment. It belongs to whom the file before it
    /// belonged to, and only they can read it, and their group where it could before.
    /// - Throws: ``ConfigurationError`` if the folder cannot be written to; then the file is as it was.
    @discardableResult
    public func install(_ key: SigningKey) throws(ConfigurationError) -> Installation {
        if holds(key) { return .wasThere }
        do {
            return try replace(with: key)
        } catch {
            throw ConfigurationError(
                file: path,
                sentence:
                    "Dendrite's signing key cannot be put there (\(FileFault(error))): let the user who "
                    + "runs this write to the folder.")
        }
    }

    private var path: String { url.path(percentEncoded: false) }

    /// Whether the first key of the file, with which Synapse signs, is this one.
    private func holds(_ key: SigningKey) -> Bool {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return false }
        func words(_ line: some StringProtocol) -> [String] {
            line.split(whereSeparator: \.isWhitespace).map { String($0.filter { $0 != "=" }) }
        }
        let first = text.split(whereSeparator: \.isNewline).map(words).first { !$0.isEmpty }
        return first == words(key.synapseLine)
    }

    private func replace(with key: SigningKey) throws -> Installation {
        let files = FileManager.default
        let folder = url.deletingLastPathComponent()
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        let before = try? files.attributesOfItem(atPath: path)
        // Always the same name, so that what a killed run left behind goes away here.
        let beside = folder.appending(path: ".\(url.lastPathComponent).matrix-loader")
        try? files.removeItem(at: beside)
        defer { try? files.removeItem(at: beside) }
        try write(key, to: beside, before: before)
        guard before != nil else {
            try files.moveItem(at: beside, to: url)
            return .written(kept: nil)
        }
        let kept = try keep()
        Failpoint.reach(.keyKept)
        // FileManager can replace a file only by removing it first. The C library borrows both names for the call alone.
        guard unsafe rename(beside.path(percentEncoded: false), path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return .written(kept: kept)
    }

    /// Writes the new file; nobody else may read it at any moment.
    private func write(_ key: SigningKey, to beside: URL, before: [FileAttributeKey: Any]?) throws {
        let files = FileManager.default
        let place = beside.path(percentEncoded: false)
        guard files.createFile(atPath: place, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteNoPermission)
        }
        let handle = try FileHandle(forWritingTo: beside)
        try handle.write(contentsOf: Data(key.synapseLine.utf8))
        try handle.synchronize()
        try handle.close()
        // Without a file before it, who owns the folder is the best guess at who will run Synapse.
        let model =
            try before ?? files.attributesOfItem(atPath: beside.deletingLastPathComponent().path(percentEncoded: false))
        var owner: [FileAttributeKey: Any] = [:]
        for name in [FileAttributeKey.ownerAccountID, .groupOwnerAccountID] { owner[name] = model[name] }
        // Only root may give files away; for others it is theirs, as the configuration is.
        try? files.setAttributes(owner, ofItemAtPath: place)
        let mode = (before?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        try files.setAttributes([.posixPermissions: 0o600 | mode & 0o040], ofItemAtPath: place)
    }

    /// Gives the file a second name that nothing has yet, unless a run that was killed has given it one.
    private func keep() throws -> String {
        let files = FileManager.default
        var kept = path + ".before-migration"
        var number = 1
        while files.fileExists(atPath: kept) {
            if files.contentsEqual(atPath: kept, andPath: path) { return kept }
            number += 1
            kept = "\(path).before-migration.\(number)"
        }
        do {
            try files.linkItem(atPath: path, toPath: kept)
        } catch {
            // Not every file system has links.
            try files.copyItem(atPath: path, toPath: kept)
        }
        return kept
    }
}
