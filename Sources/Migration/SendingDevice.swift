// SPDX-License-Identifier: Apache-2.0

/// A device by which events were sent, as Dendrite's `session_id` names it.
struct SendingDevice: Sendable {
    let userID: [UInt8]
    let deviceID: [UInt8]
    /// `deviceID` as a JSON string.
    let literal: [UInt8]
    /// Whether the device is there in Synapse, too.
    private(set) var isCarried: Bool

    /// The same device where it is not carried.
    var leftOut: SendingDevice {
        var device = self
        device.isCarried = false
        return device
    }

    init(userID: String, deviceID: String, isCarried: Bool) {
        self.userID = Array(userID.utf8)
        self.deviceID = Array(deviceID.utf8)
        literal = Array(JSONScanner.literal(deviceID).utf8)
        self.isCarried = isCarried
    }
}
