// SPDX-License-Identifier: Apache-2.0
import YAML

/// What a migration needs of an application service's registration file.
///
/// https://spec.matrix.org/latest/application-service-api/#registration
public struct ApplicationServiceRegistration: Sendable, Hashable, CustomStringConvertible {
    /// The service's id, which accounts refer to.
    public let id: String
    /// The token with which it calls the server: a secret.
    public let accessToken: String
    /// The name of its own user before the colon.
    public let senderLocalpart: String

    /// Which service it is, and nothing secret.
    public var description: String { "\(id) (\(senderLocalpart))" }

    /// Creates a registration.
    public init(id: String, accessToken: String, senderLocalpart: String) {
        self.id = id
        self.accessToken = accessToken
        self.senderLocalpart = senderLocalpart
    }

    /// Reads a registration file.
    ///
    /// - Throws: ``ConfigurationError`` if the file cannot be read or lacks one of the three.
    public init(contentsOf file: String) throws(ConfigurationError) {
        let document = try ConfigurationValue.document(file)
        let remedy = "every registration of an application service has it"
        id = try document["id"].text(orElse: remedy)
        accessToken = try document["as_token"].text(orElse: remedy)
        senderLocalpart = try document["sender_localpart"].text(orElse: remedy)
    }
}
