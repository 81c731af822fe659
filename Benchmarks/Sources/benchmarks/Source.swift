// SPDX-License-Identifier: Apache-2.0

/// A generated Dendrite server: the options that make it, and where it is.
struct Source {
    var events: Int
    var rooms: Int
    var users: Int
    var isEven = false
    /// The percentage of events in one room.
    var giantRoom = 0
    var mediaFiles = 0
    /// What Dendrite calls its media path, if there are media.
    var mediaPath: String?
    var conninfo = ""

    /// As many rooms and users as a server of so many events may have.
    init(events: Int) {
        self.events = events
        rooms = max(20, events / 3000)
        users = max(50, events / 500)
    }

    /// Generated servers with the same shape are the same.
    var arguments: [String] {
        var arguments = [
            "--events", "\(events)", "--rooms", "\(rooms)", "--users", "\(users)", "--media", "\(mediaFiles)",
        ]
        if isEven { arguments += ["--room-sizes", "even"] }
        if giantRoom > 0 { arguments += ["--giant-room", "\(giantRoom)"] }
        if let mediaPath { arguments += ["--dendrite-media-path", mediaPath] }
        return arguments
    }
}
