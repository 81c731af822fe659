// SPDX-License-Identifier: Apache-2.0

/// Reads events' JSON as the migration does, so that a benchmark can race it with other readers.
public struct EventScan {
    private var reader = EventReader()

    /// A reader that keeps its memory from event to event.
    public init() {}

    /// How many bytes of an event (JSON, UTF-8) Synapse gets as they are; nil if the bytes are no event.
    public mutating func carriedBytes(of event: [UInt8]) -> Int? {
        do throws(JSONFault) {
            try reader.read(event.span, keepsEventID: false)
        } catch {
            return nil
        }
        return reader.carried.reduce(0) { $0 + $1.count }
    }
}
