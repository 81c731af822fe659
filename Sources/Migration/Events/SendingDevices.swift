// SPDX-License-Identifier: Apache-2.0

/// The devices by which events were sent, as Dendrite's `session_id` names them.
///
/// Their texts are one list, from which they are lent: see ``SentTransaction``.
struct SendingDevices: Sendable {
    private struct Place {
        let userID: Range<Int>
        let deviceID: Range<Int>
        let literal: Range<Int>
        let isCarried: Bool
    }

    /// By session, in `places`; -1 for none.
    private var numbers = PagedArray<Int32>(-1)
    private var places: [Place] = []
    private var texts: [UInt8] = []
    private var areAllGone = false

    /// Notes a session's device; the first one counts.
    ///
    /// - Parameter isCarried: whether the device is there in Synapse, too.
    mutating func add(session: Int64, userID: Span<UInt8>, deviceID: Span<UInt8>, isCarried: Bool) {
        guard numbers[session] < 0 else { return }
        numbers[session] = Int32(places.count)
        places.append(
            Place(
                userID: add(userID), deviceID: add(deviceID), literal: add(JSONScanner.literal(deviceID).span),
                isCarried: isCarried))
    }

    private mutating func add(_ text: Span<UInt8>) -> Range<Int> {
        let start = texts.count
        for index in text.indices { texts.append(text[index]) }
        return start..<texts.count
    }

    /// Says that no device is there in Synapse: rows that refer to one could not stay.
    mutating func takeAllForGone() { areAllGone = true }

    @_lifetime(borrow self)
    func device(of session: Int64) -> SendingDevice? {
        let number = numbers[session]
        guard number >= 0 else { return nil }
        let place = places[Int(number)]
        let texts = texts.span
        return SendingDevice(
            userID: texts.extracting(place.userID), deviceID: texts.extracting(place.deviceID),
            literal: texts.extracting(place.literal), isCarried: place.isCarried && !areAllGone)
    }
}
