// SPDX-License-Identifier: Apache-2.0
import Foundation

extension URL {
    /// Whether it is a folder, or a symbolic link to one.
    var isFolder: Bool {
        let path = resolvingSymlinksInPath().path(percentEncoded: false)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    /// Whether the folder can be written to or, where it does not exist, be made in the nearest one that does.
    var isWritableOrCanBeMade: Bool {
        let nearest = nearestExisting
        return nearest.isFolder && FileManager.default.isWritableFile(atPath: nearest.filePath)
    }

    /// The folder itself, or the nearest of those around it that exists.
    var nearestExisting: URL {
        var url = absoluteURL
        while !FileManager.default.fileExists(atPath: url.filePath), url.pathComponents.count > 1 {
            url = url.deletingLastPathComponent()
        }
        return url
    }

    /// Whether it is another folder or lies in it, whatever symbolic links lead there.
    func isWithin(_ other: URL) -> Bool {
        let outer = other.resolvedComponents
        return resolvedComponents.starts(with: outer)
    }

    /// Names from the root on, those of folders that do not exist yet included.
    private var resolvedComponents: [String] {
        let nearest = nearestExisting
        return nearest.resolvingSymlinksInPath().pathComponents
            + absoluteURL.pathComponents.dropFirst(nearest.pathComponents.count)
    }

    /// The path without a slash at its end: with one, a file is none.
    private var filePath: String {
        let path = path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
