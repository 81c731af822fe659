// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Unread counts and /notifications, equal to what users saw.
extension Plan {
    static let notification = Table(
        "matrix_loader.notification", .bigint("position"), .text("user_id"), .text("room_id"), .text("event_id"),
        .bool("highlight"), .bool("read"), .text("actions"))

    /// The copied notifications; what is made of them needs events, receipts and memberships, see ``timeline``.
    var notifications: Area {
        Area(
            "notifications",
            [
                TableLoad(
                    "notifications", into: [Plan.notification],
                    from: """
                        SELECT id, '@' || localpart || ':' || server_name, room_id, event_id, highlight, read, notification_json
                        FROM userapi_notifications
                        """
                ) {
                    { row, sink throws(RejectedRow) in
                        var fields = row.fields
                        let id = fields.int64() ?? 0
                        let (user, room, event) = (fields.string(), fields.string(), fields.string())
                        let (isHighlight, isRead) = (fields.bool() ?? false, fields.bool() ?? false)
                        let json = fields.bytesOrEmpty()
                        var actions: [UInt8] = Array("[]".utf8)
                        if let list = JSONScanner.member("actions", of: json, in: 0..<json.count),
                            JSONScanner.isArray(json, list)
                        {
                            actions = Array(json, list)
                        } else {
                            sink.leaveOut("actions of notifications that cannot be read")
                        }
                        sink.append(to: Plan.notification) { row in
                            row.write(id)
                            row.write(user)
                            row.write(room)
                            row.write(event)
                            row.write(isHighlight)
                            row.write(isRead)
                            row.write(actions)
                        }
                    }
                },
                TableLoad(
                    into: "matrix_loader.unread_room", id: "unread_room",
                    from: "SELECT user_id, room_id, notification_count AS notifications FROM syncapi_notification_data"),
            ]
        )
    }
}
