// SPDX-License-Identifier: Apache-2.0

/// A device by which events were sent, as Dendrite's `session_id` names it; shared by its events.
final class SendingDevice: Sendable {
    let userID: [UInt8]
    let deviceID: [UInt8]
    /// `deviceID` as a JSON string.
    let literal: [UInt8]
    /// Whether the device is there in Synapse, too.
    let isCarried: Bool

    /// The same device where it is not carried.
    var leftOut: SendingDevice { SendingDevice(self, isCarried: false) }

    private init(_ device: SendingDevice, isCarried: Bool) {
        (userID, deviceID, literal) = (device.userID, device.deviceID, device.literal)
        self.isCarried = isCarried
    }

    init(userID: String, deviceID: String, isCarried: Bool) {
        self.userID = Array(userID.utf8)
        let text = Array(deviceID.utf8)
        self.deviceID = text
        literal = JSONScanner.literal(text.span)
        self.isCarried = isCarried
    }
}
