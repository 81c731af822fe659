// SPDX-License-Identifier: Apache-2.0

/// What a check found.
///
/// Checks return findings, all of them at once; none is thrown.
public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Severity: String, Sendable, Codable { case error, warning }

    public var severity: Severity
    /// What it is about: a database, a file, a setting.
    public var subject: String
    public var message: String
    /// What the operator can do about it.
    public var remedy: String
    /// Whether it is only that a database does not answer, which may pass.
    public var isUnreachable = false

    public init(_ severity: Severity, _ subject: String, _ message: String, remedy: String) {
        self.severity = severity
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }

    public var description: String {
        "\(severity.rawValue): \(subject): \(message).\(remedy.isEmpty ? "" : " \(remedy)")"
    }
}
