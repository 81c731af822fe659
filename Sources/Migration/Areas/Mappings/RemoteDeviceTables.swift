// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes what is known of other servers' devices, in the form in which servers ask one another for it.
enum RemoteDeviceTables {
    static let cache = Table("device_lists_remote_cache", .text("user_id"), .text("device_id"), .text("content"))

    /// Adds a device: user, device, keys, name.
    static func add(_ row: borrowing SourceRow, to sink: inout RowSink) throws(RejectedRow) {
        var fields = row.fields
        guard let user = fields.string(), let device = fields.string(), let json = fields.string() else {
            return sink.leaveOutIncompleteRow()
        }
        let name = fields.string() ?? ""
        guard var keys = CanonicalJSON(reading: Array(json.utf8))?.members else {
            throw RejectedRow(
                key: "device \(device) of \(user)", column: "key_json", reason: "its keys are no JSON object")
        }
        // Synapse puts the device's name there when it shows the keys, and fails where it cannot.
        let unsigned = Array("unsigned".utf8)
        if keys[unsigned]?.members == nil { keys[unsigned] = nil }
        var members = [Array("device_id".utf8): CanonicalJSON(device), Array("keys".utf8): .object(keys)]
        if !name.isEmpty { members[Array("device_display_name".utf8)] = CanonicalJSON(name) }
        let content = CanonicalJSON.object(members).bytes
        sink.append(to: cache) {
            $0.write(user)
            $0.write(device)
            $0.write(content)
        }
    }
}
