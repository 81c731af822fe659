// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Why a file cannot be read or written, in words that end a sentence of ours; Foundation's own are two sentences.
public struct FileFault: Sendable, CustomStringConvertible {
    public let description: String

    public init(_ error: any Error) {
        description =
            switch (error as? CocoaError)?.code {
            case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file or folder"
            case .fileReadNoPermission?: "this user may not read it"
            case .fileWriteNoPermission?: "this user may not write it"
            case .fileWriteOutOfSpace?: "no space is left"
            case .fileReadInapplicableStringEncoding?, .fileReadUnknownStringEncoding?: "it is no text"
            default: error.localizedDescription
            }
    }
}
