// SPDX-License-Identifier: Apache-2.0
import Glibc

extension CopyOptions.Ownership {
    /// Stands for the user or group that a file has anyway (chown(2)).
    static let unchanged = UInt32.max

    /// Reads what chown(1) takes: `USER`, `USER:GROUP`, `USER:` for the user's own group, `:GROUP`; names or numbers.
    ///
    /// - Throws: ``Unknown`` with the user or group that this system does not know.
    public init(_ text: String) throws(Unknown) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (name, groupName) = (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
        guard !name.isEmpty || groupName?.isEmpty == false else { throw Unknown(kind: "user", name: name) }
        var user = Self.unchanged
        var group = Self.unchanged
        if !name.isEmpty {
            let entry = getpwnam(name)
            guard let number = entry?.pointee.pw_uid ?? Self.number(name) else {
                throw Unknown(kind: "user", name: name)
            }
            user = number
            if groupName?.isEmpty == true {
                guard let own = entry?.pointee.pw_gid ?? getpwuid(number)?.pointee.pw_gid else {
                    throw Unknown(kind: "group of user", name: name)
                }
                group = own
            }
        }
        if let groupName, !groupName.isEmpty {
            guard let number = getgrnam(groupName)?.pointee.gr_gid ?? Self.number(groupName) else {
                throw Unknown(kind: "group", name: groupName)
            }
            group = number
        }
        self.init(user: user, group: group)
    }

    private static func number(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = UInt32(text),
            number != unchanged
        else { return nil }
        return number
    }

    /// A user or group that this system does not know.
    public struct Unknown: Error, Sendable, Hashable, CustomStringConvertible {
        let kind: String
        let name: String

        /// For the end of a sentence: `no user 'synapse'`.
        public var description: String { "no \(kind) '\(name)'" }
    }
}
