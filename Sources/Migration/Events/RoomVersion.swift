// SPDX-License-Identifier: Apache-2.0

/// What differs between room versions as far as events have to be carried (Matrix specification, "Room versions").
struct RoomVersion: Sendable, Hashable {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Whether an event names itself, and its parents together with hashes: versions 1 and 2.
    var hasEventIDInJSON: Bool { name == "1" || name == "2" }

    /// Whether `redacts` stands in the content: from version 11 on.
    var hasRedactsInContent: Bool { name == "11" || isCreateImplied }

    /// Whether the create event names the room and is an auth event of all others without being listed: version 12.
    var isCreateImplied: Bool { name == "12" || name == "org.matrix.hydra.11" }

    /// Synapse's number for how an event is written down.
    var eventFormat: Int32 {
        if hasEventIDInJSON { return 1 }
        if name == "3" { return 2 }
        return isCreateImplied ? 4 : 3
    }

    /// Versions whose rooms Synapse cannot host: in msc4014's senders are keys, and the others it does not know.
    ///
    /// With those of ``carried`` they are all that Dendrite knows.
    static let unsupported = ["org.matrix.msc4014", "org.matrix.msc3667", "org.matrix.msc3787"]

    /// The versions that https://spec.matrix.org/latest/rooms/ lists, and what version 12 was called before.
    static let carried = (1...12).map(String.init) + ["org.matrix.hydra.11"]
}
