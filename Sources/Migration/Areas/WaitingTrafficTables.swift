// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes what waits for other servers besides events.
enum WaitingTrafficTables {
    static let toDevice = Table(
        "device_federation_outbox", .text("destination"), .bigint("stream_id"), .bigint("queued_ts"),
        .text("messages_json"),
        .text("instance_name"))
    static let deviceUpdates = Table(
        "matrix_loader.waiting_device_update", .text("destination"), .text("user_id"), .text("device_id"))

    /// Adds what can be carried: type, destination, time, position, the whole notice as servers exchange it.
    static func add(_ row: borrowing SourceRow, to sink: inout RowSink) {
        var fields = row.fields
        guard let type = fields.string(), let destination = fields.string(), let now = fields.int64(),
            let position = fields.int64()
        else { return }
        guard let json = fields.string() else { return sink.leaveOut("queued \(type) for other servers") }
        guard let content = CanonicalJSON(reading: Array(json.utf8))?["content"], content.members != nil else {
            return sink.leaveOut("queued \(type) for other servers that cannot be read")
        }
        if type == "m.direct_to_device" {
            sink.append(to: toDevice) {
                $0.write(destination)
                $0.write(position)
                $0.write(now)
                $0.write(content.bytes)
                $0.write("master")
            }
        } else if let user = content["user_id"]?.text {
            let device = content["device_id"]?.text
            sink.append(to: deviceUpdates) {
                $0.write(destination)
                $0.write(user)
                $0.write(device)
            }
        } else {
            sink.leaveOut("queued \(type) for other servers that cannot be read")
        }
    }
}
