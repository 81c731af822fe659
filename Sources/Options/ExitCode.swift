// SPDX-License-Identifier: Apache-2.0

/// A number with which the program may end.
public struct ExitCode: Sendable, Hashable {
    /// The number, from 0 to 255.
    public let code: Int32
    /// What it means, without a full stop.
    public let meaning: String

    /// Describes an exit code.
    public init(_ code: Int32, _ meaning: String) {
        self.code = code
        self.meaning = meaning
    }

    /// The command line was wrong: `EX_USAGE` of sysexits.
    public static let usage = ExitCode(64, "the command line is wrong")
}
