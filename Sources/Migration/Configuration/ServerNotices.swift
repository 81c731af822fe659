// SPDX-License-Identifier: Apache-2.0

/// How Dendrite sends server notices.
public struct ServerNotices: Sendable, Hashable {
    /// The sender's name before the colon.
    public let localpart: String
    /// The sender's display name.
    public let displayName: String
    /// The sender's picture, `mxc://…`; `nil` for none.
    public let avatarURL: String?
    /// The name of the rooms.
    public let roomName: String

    /// Creates the description of a sender.
    public init(localpart: String, displayName: String, avatarURL: String? = nil, roomName: String) {
        self.localpart = localpart
        self.displayName = displayName
        self.avatarURL = avatarURL
        self.roomName = roomName
    }

    /// `nil` where notices are not enabled; what is not written has Dendrite's default.
    init?(_ value: ConfigurationValue) throws(ConfigurationError) {
        guard try value["enabled"].bool(otherwise: false) else { return nil }
        localpart = try value["local_part"].text() ?? "_server"
        displayName = try value["display_name"].text() ?? "Server Alert"
        avatarURL = try value["avatar_url"].text()
        roomName = try value["room_name"].text() ?? "Server Alert"
    }
}
