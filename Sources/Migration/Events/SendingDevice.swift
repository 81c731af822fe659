// SPDX-License-Identifier: Apache-2.0

/// A device by which events were sent, borrowed from ``SendingDevices``.
struct SendingDevice: ~Escapable {
    let userID: Span<UInt8>
    let deviceID: Span<UInt8>
    /// `deviceID` as a JSON string.
    let literal: Span<UInt8>
    /// Whether the device is there in Synapse, too.
    let isCarried: Bool

    @_lifetime(copy userID, copy deviceID, copy literal)
    init(userID: Span<UInt8>, deviceID: Span<UInt8>, literal: Span<UInt8>, isCarried: Bool) {
        self.userID = userID
        self.deviceID = deviceID
        self.literal = literal
        self.isCarried = isCarried
    }
}
