// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Names of rooms. Whether a room is in the directory stands in its own row.
extension Plan {
    var aliases: Area {
        Area(
            "aliases",
            [
                TableLoad(
                    into: "room_aliases",
                    from: "SELECT alias AS room_alias, room_id, creator_id AS creator FROM roomserver_room_aliases"),
                // Without a server to ask, an alias leads nowhere.
                TableLoad(
                    into: "room_alias_servers",
                    from: "SELECT alias AS room_alias, \(serverName)::text AS server FROM roomserver_room_aliases"),
            ]
        )
    }
}
