// SPDX-License-Identifier: Apache-2.0

/// What a check found.
///
/// Checks return findings, all of them at once; none is thrown.
public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
    /// How bad a finding is: an error keeps a migration from being begun, a warning does not.
    public enum Severity: String, Sendable, Codable { case error, warning }

    /// Whether it is in the way.
    public var severity: Severity
    /// What it is about: a database, a file, a setting.
    public var subject: String
    /// What is wrong: a sentence without its full stop, which holds no secret.
    public var message: String
    /// What the operator can do about it: a sentence without its full stop; empty where there is nothing to say.
    public var remedy: String
    /// Whether it is only that a database does not answer, which may pass.
    public var isUnreachable = false

    /// A finding from its parts; it is not ``isUnreachable`` unless somebody says so afterwards.
    public init(_ severity: Severity, _ subject: String, _ message: String, remedy: String) {
        self.severity = severity
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }

    /// All of it on one line, for errors that carry findings.
    public var description: String {
        "\(severity.rawValue): \(subject): \(message).\(remedy.isEmpty ? "" : " \(remedy)")"
    }
}
