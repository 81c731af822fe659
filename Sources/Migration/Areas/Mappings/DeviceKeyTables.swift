// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes keys in canonical form: Synapse compares them as text when a client uploads them again, and tells everybody
/// of a change if they differ.
enum DeviceKeyTables {
    static let identity = Table(
        "e2e_device_keys_json", .text("user_id"), .text("device_id"), .bigint("ts_added_ms"), .text("key_json"))
    static let oneTime = Table(
        "e2e_one_time_keys_json", .text("user_id"), .text("device_id"), .text("algorithm"), .text("key_id"),
        .bigint("ts_added_ms"), .text("key_json"))
    static let fallback = Table(
        "e2e_fallback_keys_json", .text("user_id"), .text("device_id"), .text("algorithm"), .text("key_id"),
        .bool("used"), .text("key_json"))

    /// Adds a device's keys: user, device, time, keys as they were uploaded.
    static func addIdentity(_ row: borrowing SourceRow, to sink: inout RowSink) throws(RejectedRow) {
        var fields = row.fields
        guard let user = fields.string(), let device = fields.string(), let time = fields.int64(),
            let json = fields.string()
        else { return sink.leaveOutIncompleteRow() }
        // What the server adds when it shows keys; never signed, and not for storing.
        guard case .object(var members) = CanonicalJSON(reading: Array(json.utf8)) else {
            throw RejectedRow(
                key: "device \(device) of \(user)", column: "key_json", reason: "its keys are no JSON object")
        }
        members[Array("unsigned".utf8)] = nil
        members[Array("signatures".utf8)] = signatures(in: members, by: user)
        let whole = CanonicalJSON.object(members)
        guard !whole.holdsLoneSurrogates else {
            throw RejectedRow(
                key: "device \(device) of \(user)", column: "key_json", reason: "it holds half of a character")
        }
        let keys = whole.bytes
        sink.append(to: identity) {
            $0.write(user)
            $0.write(device)
            $0.write(time)
            $0.write(keys)
        }
    }

    /// The signatures on a device's keys, without what is in the place of an object: Synapse adds the signatures by the user's own
    /// keys to them whenever it shows the device, and where it cannot, it fails for everybody who asks for several users' keys.
    private static func signatures(in members: [[UInt8]: CanonicalJSON], by user: String) -> CanonicalJSON? {
        guard var signatures = members[Array("signatures".utf8)]?.members else { return nil }
        let signer = Array(user.utf8)
        if signatures[signer]?.members == nil { signatures[signer] = nil }
        return .object(signatures)
    }

    /// Adds a one-time key: user, device, algorithm, id, time, key.
    static func addOneTime(_ row: borrowing SourceRow, to sink: inout RowSink) throws(RejectedRow) {
        var fields = row.fields
        guard let user = fields.string(), let device = fields.string(), let algorithm = fields.string(),
            let id = fields.string(), let time = fields.int64(), let json = fields.string()
        else { return sink.leaveOutIncompleteRow() }
        let key = try canonical(json, "one-time key \(algorithm):\(id) of device \(device) of \(user)")
        sink.append(to: oneTime) {
            $0.write(user)
            $0.write(device)
            $0.write(algorithm)
            $0.write(id)
            $0.write(time)
            $0.write(key)
        }
    }

    /// Adds a fallback key: user, device, algorithm, id, whether it was used, key.
    static func addFallback(_ row: borrowing SourceRow, to sink: inout RowSink) throws(RejectedRow) {
        var fields = row.fields
        guard let user = fields.string(), let device = fields.string(), let algorithm = fields.string(),
            let id = fields.string(), let isUsed = fields.bool(), let json = fields.string()
        else { return sink.leaveOutIncompleteRow() }
        let key = try canonical(json, "fallback key \(algorithm):\(id) of device \(device) of \(user)")
        sink.append(to: fallback) {
            $0.write(user)
            $0.write(device)
            $0.write(algorithm)
            $0.write(id)
            $0.write(isUsed)
            $0.write(key)
        }
    }

    private static func canonical(_ json: String, _ key: String) throws(RejectedRow) -> [UInt8] {
        guard let value = CanonicalJSON(reading: Array(json.utf8)) else {
            throw RejectedRow(key: key, column: "key_json", reason: "it is no JSON")
        }
        return value.bytes
    }
}
