// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Devices by which events were sent")
struct SendingDevicesTests {
    private func added(_ devices: inout SendingDevices, _ session: Int64, _ deviceID: String, isCarried: Bool = true) {
        devices.add(
            session: session, userID: Array("@alice:example.org".utf8).span, deviceID: Array(deviceID.utf8).span,
            isCarried: isCarried)
    }

    private func texts(_ devices: SendingDevices, _ session: Int64) -> [String]? {
        guard let device = devices.device(of: session) else { return nil }
        return [JSONScanner.text(device.userID), JSONScanner.text(device.deviceID), JSONScanner.text(device.literal)]
    }

    @Test("are found by their session, with the id as it is and as JSON")
    func found() {
        var devices = SendingDevices()
        added(&devices, 7, "PHONE")
        added(&devices, -1, #"A"B"#)
        #expect(texts(devices, 7) == ["@alice:example.org", "PHONE", #""PHONE""#])
        #expect(texts(devices, -1) == ["@alice:example.org", #"A"B"#, #""A\"B""#])
        #expect(texts(devices, 8) == nil)
    }

    @Test("of two with one session the first counts")
    func first() {
        var devices = SendingDevices()
        added(&devices, 7, "PHONE")
        added(&devices, 7, "LAPTOP", isCarried: false)
        #expect(texts(devices, 7)?[1] == "PHONE")
    }

    @Test("are not there in Synapse where they stay behind, or all do")
    func carried() {
        var devices = SendingDevices()
        added(&devices, 1, "PHONE")
        added(&devices, 2, "GONE", isCarried: false)
        #expect(devices.device(of: 1)?.isCarried == true && devices.device(of: 2)?.isCarried == false)
        devices.takeAllForGone()
        #expect(devices.device(of: 1)?.isCarried == false)
    }
}
