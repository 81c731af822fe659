// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An Ed25519 signing key of a Matrix server.
public struct SigningKey: Sendable, Hashable, CustomStringConvertible {
    /// The key's id without its algorithm: `abc` of `ed25519:abc`.
    public let id: String
    /// The 32 bytes of which the key is made.
    public let seed: [UInt8]

    /// Creates a key.
    ///
    /// - Parameters:
    ///   - id: the key's id without its algorithm.
    ///   - seed: 32 bytes.
    public init(id: String, seed: [UInt8]) {
        self.id = id
        self.seed = seed
    }

    /// Reads Dendrite's PEM file: the first block of type `MATRIX PRIVATE KEY`, whose header `Key-ID` names the key.
    ///
    /// - Throws: ``ConfigurationError`` if there is no such file, block or key.
    public init(contentsOf file: String) throws(ConfigurationError) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        } catch {
            throw ConfigurationError(file: file, sentence: "\(FileFault(error)).")
        }
        try self.init(pem: text, file: file)
    }

    /// Reads the text of Dendrite's PEM file.
    ///
    /// - Parameters:
    ///   - pem: the text, in which other blocks may come first.
    ///   - file: the name to use in errors.
    /// - Throws: ``ConfigurationError`` if the text holds no key.
    public init(pem: String, file: String) throws(ConfigurationError) {
        func error(_ sentence: String) -> ConfigurationError { ConfigurationError(file: file, sentence: sentence) }
        guard let block = PEMBlock.blocks(of: pem).first(where: { $0.type == "MATRIX PRIVATE KEY" }) else {
            let remedy = "name the file that global.private_key of Dendrite names"
            throw error("there is no block 'MATRIX PRIVATE KEY': \(remedy).")
        }
        guard let name = block.headers["Key-ID"] else {
            throw error("the key has no Key-ID header, which Dendrite demands.")
        }
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0] == "ed25519", !parts[1].contains(where: \.isWhitespace) else {
            throw error("its Key-ID is not of the form ed25519:name.")
        }
        guard let bytes = block.bytes, bytes.count >= Self.seedLength else {
            throw error("the key is not \(Self.seedLength) bytes in base64: restore the file from a backup.")
        }
        self.init(id: parts[1], seed: Array(bytes.prefix(Self.seedLength)))
    }

    /// The length of a seed (RFC 8032 §5.1.5); Dendrite ignores what follows.
    private static let seedLength = 32

    /// The line of which Synapse's file at `signing_key_path` consists, with its newline: a secret.
    public var synapseLine: String {
        "ed25519 \(id) \(Data(seed).base64EncodedString().filter { $0 != "=" })\n"
    }

    /// The key's full id, and nothing secret.
    public var description: String { "ed25519:\(id)" }
}
