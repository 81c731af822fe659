// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Room versions")
struct RoomVersionTests {
    @Test(
        "say how events are written down",
        arguments: [
            ("1", true, false, false, 1), ("2", true, false, false, 1), ("3", false, false, false, 2),
            ("4", false, false, false, 3), ("5", false, false, false, 3), ("6", false, false, false, 3),
            ("7", false, false, false, 3), ("8", false, false, false, 3), ("9", false, false, false, 3),
            ("10", false, false, false, 3), ("11", false, true, false, 3), ("12", false, true, true, 4),
            ("org.matrix.hydra.11", false, true, true, 4),
        ] as [(String, Bool, Bool, Bool, Int32)])
    func table(name: String, hasEventID: Bool, hasRedacts: Bool, isCreateImplied: Bool, format: Int32) {
        let version = RoomVersion(name)
        #expect(version.hasEventIDInJSON == hasEventID)
        #expect(version.hasRedactsInContent == hasRedacts)
        #expect(version.isCreateImplied == isCreateImplied)
        #expect(version.eventFormat == format)
        #expect(RoomVersion.carried.contains(name) && !RoomVersion.unsupported.contains(name))
    }
}
