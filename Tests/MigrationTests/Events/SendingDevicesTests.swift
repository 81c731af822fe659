// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Sending devices")
struct SendingDevicesTests {
    @Test("are found by whatever session Dendrite gave them")
    func sessions() {
        var devices = SendingDevices()
        let sessions: [Int64] = [0, 1, 700, (1 << 20) - 1, 1 << 20, -1, .max, .min]
        for session in sessions {
            devices[session] = SendingDevice(userID: "@a:b", deviceID: "D\(session)", isCarried: true)
        }
        for session in sessions {
            #expect(devices[session]?.deviceID == Array("D\(session)".utf8))
            #expect(devices[session]?.isCarried == true && devices.leftOut[session]?.isCarried == false)
        }
        for session in [2, 1 << 21, -2] as [Int64] {
            #expect(devices[session] == nil && devices.leftOut[session] == nil)
        }
    }
}
