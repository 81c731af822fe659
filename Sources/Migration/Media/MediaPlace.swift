// SPDX-License-Identifier: Apache-2.0
import Digest

/// Where Synapse looks for the files of one medium, relative to its media store.
struct MediaPlace: Sendable, Hashable {
    private static let shortestName = 5

    let origin: String
    let mediaID: String
    /// Whether it was uploaded here, not fetched from another server.
    let isLocal: Bool
    /// What its files are called.
    ///
    /// Other servers' ids may hold anything, so that Synapse has names of its own for their files: any will do, and
    /// this one is the same in every run.
    let fileID: String

    /// The place of a medium, which has the same name in every run.
    ///
    /// - Throws: ``DigestError`` if libcrypto refuses.
    init(origin: String, mediaID: String, isLocal: Bool) throws(DigestError) {
        self.origin = origin
        self.mediaID = mediaID
        self.isLocal = isLocal
        fileID = isLocal ? mediaID : String(try SHA256.digest("\(origin)/\(mediaID)").hexadecimal.prefix(24))
    }

    var uri: String { "mxc://\(origin)/\(mediaID)" }

    /// Whether Synapse takes the parts of the path; it refuses all but letters, digits and `_-.[]:`, as well as `.` and `..`.
    var isServable: Bool {
        fileID.utf8.count >= Self.shortestName && Self.isName(fileID) && parts.allSatisfy { $0 != "." && $0 != ".." }
            && (isLocal || Self.isName(origin) && origin != "." && origin != "..")
    }

    var original: String {
        path(isLocal ? ["local_content"] : ["remote_content", origin])
    }

    func path(of thumbnail: Thumbnail) -> String {
        path(isLocal ? ["local_thumbnails"] : ["remote_thumbnail", origin]) + "/" + thumbnail.fileName
    }

    private func path(_ folder: [String]) -> String { (folder + parts).joined(separator: "/") }

    private var parts: [String] {
        [String(fileID.prefix(2)), String(fileID.dropFirst(2).prefix(2)), String(fileID.dropFirst(4))]
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                case UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): true
                default: false
                }
            }
    }
}
