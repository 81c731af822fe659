// SPDX-License-Identifier: Apache-2.0
import Digest
public import YAML

/// What homeserver.yaml needs to go on where Dendrite stopped: settings that live in no database.
public struct SynapseSettings: Sendable, Hashable {
    /// One top-level key of homeserver.yaml each.
    public let blocks: [YAML.Entry]

    /// Keys that the server signed with before, and, unless homeserver.yaml says so already, who sends server notices and
    /// that thumbnails are made in any size.
    ///
    /// - Throws: ``ConfigurationError`` if the file of an old key cannot be read.
    public init(_ dendrite: DendriteConfiguration, _ synapse: SynapseConfiguration?) throws(ConfigurationError) {
        var blocks: [YAML.Entry] = []
        var keys: [YAML.Entry] = []
        for old in dendrite.oldSigningKeys { keys.append(try Self.oldKey(old)) }
        if !keys.isEmpty { blocks.append(Self.entry("old_signing_keys", .mapping(keys))) }
        if let notices = dendrite.serverNotices, synapse?.serverNoticesLocalpart == nil {
            blocks.append(Self.entry("server_notices", Self.sender(notices)))
        }
        if dendrite.hasDynamicThumbnails, synapse?.hasDynamicThumbnails == nil {
            blocks.append(Self.entry("dynamic_thumbnails", .bool(true)))
        }
        self.blocks = blocks
    }

    /// The blocks as they are to be pasted, each with its key at the start of a line; empty where there is none.
    public var text: String {
        blocks.map { YAML.emit(YAML(.mapping([$0]))) }.joined()
    }

    private static func oldKey(_ old: OldSigningKey) throws(ConfigurationError) -> YAML.Entry {
        let (id, key): (String, String)
        switch old.source {
        case .publicKey(let name, let base64):
            (id, key) = (name.contains(":") ? name : "ed25519:\(name)", base64)
        case .file(let path):
            let signing = try SigningKey(contentsOf: path)
            do throws(DigestError) {
                (id, key) = (signing.description, Base64.encode(try Ed25519.publicKey(seed: signing.seed)))
            } catch {
                throw ConfigurationError(file: path, sentence: "its public key cannot be computed: \(error).")
            }
        }
        return entry(id, .mapping([entry("key", .string(key)), entry("expired_ts", .int(old.expiredAt))]))
    }

    private static func sender(_ notices: ServerNotices) -> YAML.Content {
        .mapping([
            entry("system_mxid_localpart", .string(notices.localpart)),
            entry("system_mxid_display_name", .string(notices.displayName)),
            entry("system_mxid_avatar_url", notices.avatarURL.map(YAML.Content.string) ?? .null),
            entry("room_name", .string(notices.roomName)),
        ])
    }

    private static func entry(_ key: String, _ content: YAML.Content) -> YAML.Entry {
        YAML.Entry(key: YAML(.string(key)), value: YAML(content))
    }
}
