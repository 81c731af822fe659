// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Migration

@Suite("Power to redact")
struct PowerLevelsTests {
    private func levels(_ content: String) -> PowerLevels {
        let bytes = Array(content.utf8)
        return PowerLevels(content: 0..<bytes.count, of: bytes.span)
    }

    @Test(
        "is what the power levels say",
        arguments: [
            (#"{}"#, false), (#"{"redact":0}"#, true), (#"{"redact":-1}"#, true), (#"{"users_default":50}"#, true),
            (#"{"users":{"@a:b":50}}"#, true), (#"{"users":{"@a:b":49}}"#, false), (#"{"users":{"@c:b":100}}"#, false),
            (#"{"users":{"@a:b":0},"users_default":100}"#, false), (#"{"redact":100,"users":{"@a:b":99}}"#, false),
            (#"{"users":{"\u0040a:b":50}}"#, true),
            // Numbers as old room versions have them.
            (#"{"redact":"20","users":{"@a:b":"20"}}"#, true), (#"{"redact":" 20 ","users":{"@a:b":"+19"}}"#, false),
            (#"{"redact":20.9,"users":{"@a:b":20}}"#, true), (#"{"redact":2e1,"users":{"@a:b":19.9}}"#, false),
            // No numbers at all: as if nothing were said.
            (#"{"redact":null,"users":{"@a:b":50}}"#, true), (#"{"redact":[],"users":[],"users_default":{}}"#, false),
            (#"{"users":{"@a:b":"many"},"users_default":50}"#, true), (#"[]"#, false),
        ])
    func cases(content: String, may: Bool) {
        #expect(levels(content).mayRedact("@a:b") == may)
    }

    @Test("is the creator's where no power levels are, and any creator's where the room version says so")
    func creators() {
        var power = RedactionPower()
        power.creators[1] = ["@creator:b", "@second:b"]
        power.levels[2] = levels(#"{"users":{"@mod:b":50}}"#)
        func may(_ user: String, create: Int64?, levels: Int64?, _ version: String) -> Bool {
            power.mayRedact(user, Room.PowerBefore(create: create, powerLevels: levels), RoomVersion(version))
        }
        #expect(may("@creator:b", create: 1, levels: nil, "10"))
        #expect(!may("@second:b", create: 1, levels: nil, "10"))
        #expect(!may("@creator:b", create: 1, levels: 2, "10"))
        #expect(may("@mod:b", create: 1, levels: 2, "10"))
        #expect(may("@creator:b", create: 1, levels: 2, "12"))
        #expect(may("@second:b", create: 1, levels: 2, "12"))
        #expect(!may("@creator:b", create: nil, levels: nil, "12"))
        #expect(!may("@creator:b", create: 7, levels: 8, "10"))
    }

    @Test(
        """
        decides between redactions of one event: one that still names it, then the one that clients saw last, then one that \
        Synapse need not judge, then one that took effect, then the newest
        """
    )
    func redactions() {
        func redaction(
            _ id: String, sync: Int64, isValidated: Bool, namesTarget: Bool = true, nid: Int64,
            needsRecheck: Bool = false
        ) -> Redaction {
            Redaction(
                eventID: id, syncID: sync, isValidated: isValidated, namesTarget: namesTarget, nid: nid,
                receivedTimestamp: 0, needsRecheck: needsRecheck)
        }
        let rising = [
            redaction("$gone", sync: 99, isValidated: true, namesTarget: false, nid: 99),
            redaction("$doubtful", sync: 0, isValidated: false, nid: 90, needsRecheck: true),
            redaction("$unseen", sync: 0, isValidated: false, nid: 9),
            redaction("$newer", sync: 0, isValidated: false, nid: 12),
            redaction("$applied", sync: 0, isValidated: true, nid: 3),
            redaction("$shown", sync: 4, isValidated: false, nid: 2, needsRecheck: true),
            redaction("$last", sync: 8, isValidated: false, nid: 1),
        ]
        for (lower, number) in zip(rising, 0...) {
            for higher in rising.dropFirst(number + 1) {
                #expect(higher.supersedes(lower) && !lower.supersedes(higher))
            }
        }
    }
}
