// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes messages that wait for devices, and what waits for other servers besides events.
enum WaitingTrafficTables {
    static let inbox = Table(
        "device_inbox", .text("user_id"), .text("device_id"), .bigint("stream_id"), .text("message_json"),
        .text("instance_name"))
    static let toDevice = Table(
        "device_federation_outbox", .text("destination"), .bigint("stream_id"), .bigint("queued_ts"),
        .text("messages_json"),
        .text("instance_name"))
    static let deviceUpdates = Table(
        "matrix_loader.waiting_device_update", .text("destination"), .text("user_id"), .text("device_id"))

    /// Adds a message for one of our devices: user, device, position, the message with its type and sender.
    ///
    /// Synapse looks into each message's content on its way to the device: one whose content is no object would fail every
    /// sync of the device for ever. Dendrite takes whatever anybody sends and hands it on.
    static func addMessage(_ row: borrowing SourceRow, to sink: inout RowSink) {
        var fields = row.fields
        guard let user = fields.string(), let device = fields.string(), let position = fields.int64(),
            let json = fields.string()
        else { return sink.leaveOutIncompleteRow() }
        // The scanner refuses halves of surrogate pairs, which are no harm here.
        guard isMessage(json.utf8.span) || isOddMessage(json) else {
            return sink.leaveOut("to-device messages that Synapse cannot read")
        }
        sink.append(to: inbox) {
            $0.write(user)
            $0.write(device)
            $0.write(position)
            $0.write(json)
            $0.write("master")
        }
    }

    /// Whether a text is a message with type, sender and content, as nearly all are; without building a tree.
    private static func isMessage(_ json: Span<UInt8>) -> Bool {
        var at = 0
        JSONScanner.skipSpace(json, &at)
        guard at < json.count, json[at] == UInt8(ascii: "{") else { return false }
        var (hasType, hasSender, hasContent) = (false, false, false)
        do throws(JSONFault) {
            try JSONScanner.walkObject(json, &at, depth: 0) { key, at throws(JSONFault) in
                let start = at
                try JSONScanner.skipValue(json, &at, depth: 1)
                if JSONScanner.equals(json, key, "type") { hasType = JSONScanner.isString(json, start..<at) }
                if JSONScanner.equals(json, key, "sender") { hasSender = JSONScanner.isString(json, start..<at) }
                if JSONScanner.equals(json, key, "content") { hasContent = JSONScanner.isObject(json, start..<at) }
            }
        } catch { return false }
        return hasType && hasSender && hasContent && JSONScanner.isEnd(json, at)
    }

    private static func isOddMessage(_ json: String) -> Bool {
        guard let message = CanonicalJSON(reading: Array(json.utf8)) else { return false }
        return message["type"]?.text != nil && message["sender"]?.text != nil && message["content"]?.members != nil
    }

    /// Adds what can be carried: type, destination, time, position, the whole notice as servers exchange it.
    static func add(_ row: borrowing SourceRow, to sink: inout RowSink) {
        var fields = row.fields
        guard let type = fields.string(), let destination = fields.string(), let now = fields.int64(),
            let position = fields.int64()
        else { return sink.leaveOutIncompleteRow() }
        guard let json = fields.string() else { return sink.leaveOut("queued \(type) for other servers") }
        guard let content = CanonicalJSON(reading: Array(json.utf8))?["content"], content.members != nil else {
            return sink.leaveOut("queued \(type) for other servers that cannot be read")
        }
        if type == "m.direct_to_device" {
            // Synapse would try for ever, and send the server nothing else.
            guard !content.holdsLoneSurrogates else {
                return sink.leaveOut("queued \(type) for other servers that cannot be sent")
            }
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
