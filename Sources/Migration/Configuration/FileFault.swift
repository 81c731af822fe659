// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Why a file cannot be read or written, in words that end a sentence of ours; Foundation's own are two sentences.
public struct FileFault: Sendable, CustomStringConvertible {
    /// The end of a sentence: "there is no such file or folder".
    public let description: String

    /// Finds words for an error that Foundation threw; for one of another kind, Foundation's own.
    public init(_ error: any Error) {
        description =
            switch (error as? CocoaError)?.code {
            case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file or folder"
            case .fileReadNoPermission?: "this user may not read it"
            case .fileWriteNoPermission?: "this user may not write it"
            case .fileWriteOutOfSpace?: "no space is left"
            case .fileReadInapplicableStringEncoding?, .fileReadUnknownStringEncoding?: "it is no text"
            default: Self.closed(error) ?? error.localizedDescription
            }
    }

    /// For a stream that cannot be written to, for which Foundation has no words.
    private static func closed(_ error: any Error) -> String? {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        guard cause.domain == NSPOSIXErrorDomain else { return nil }
        switch POSIXErrorCode(rawValue: Int32(cause.code)) {
        case .EBADF?: return "it is closed"
        case .EPIPE?: return "nobody reads it any more"
        default: return nil
        }
    }
}
