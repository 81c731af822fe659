// SPDX-License-Identifier: Apache-2.0

/// A user's push rules as Dendrite keeps them: the defaults stand among the user's own (Matrix specification,
/// client-server API, "Predefined Rules").
enum PushRules {
    /// The rules of a user who has changed none.
    static func defaults(localpart: String, server: String) -> String {
        let override = [
            rule("master", isEnabled: false, [], []),
            rule("suppress_notices", [match("content.msgtype", "m.notice")], []),
            rule(
                "invite_for_me",
                [
                    match("type", "m.room.member"), match("content.membership", "invite"),
                    match("state_key", "@\(localpart):\(server)"),
                ], [notify, sound]),
            rule("member_event", [match("type", "m.room.member")], []),
            rule("contains_display_name", [#"{"kind":"contains_display_name"}"#], [notify, sound, highlight]),
            rule(
                "roomnotif",
                [match("content.body", "@room"), #"{"kind":"sender_notification_permission","key":"room"}"#],
                [notify, highlight]),
            rule("tombstone", [match("type", "m.room.tombstone"), match("state_key", "")], [notify, highlight]),
            rule("reaction", [match("type", "m.reaction")], []),
            rule("room.server_acl", [match("type", "m.room.server_acl"), match("state_key", "")], []),
        ]
        let content = [rule("contains_user_name", [], [notify, sound, highlight], pattern: localpart)]
        let underride = [
            rule("call", [match("type", "m.call.invite")], [notify, #"{"set_tweak":"sound","value":"ring"}"#]),
            rule("room_one_to_one", [twoMembers, match("type", "m.room.message")], [notify, sound]),
            rule("encrypted_room_one_to_one", [twoMembers, match("type", "m.room.encrypted")], [notify, sound]),
            rule("message", [match("type", "m.room.message")], [notify]),
            rule("encrypted", [match("type", "m.room.encrypted")], [notify]),
        ]
        return #"{"global":{"override":["# + override.joined(separator: ",") + #"],"content":["#
            + content.joined(separator: ",") + #"],"underride":["# + underride.joined(separator: ",") + "]}}"
    }

    private static let notify = #""notify""#
    private static let sound = #"{"set_tweak":"sound","value":"default"}"#
    private static let highlight = #"{"set_tweak":"highlight"}"#
    private static let twoMembers = #"{"kind":"room_member_count","is":"2"}"#

    private static func match(_ key: String, _ pattern: String) -> String {
        #"{"kind":"event_match","key":"\#(key)","pattern":"\#(pattern)"}"#
    }

    private static func rule(
        _ name: String, isEnabled: Bool = true, _ conditions: [String], _ actions: [String], pattern: String? = nil
    ) -> String {
        var members = [#""rule_id":".m.rule.\#(name)""#, #""default":true"#, #""enabled":\#(isEnabled)"#]
        if !conditions.isEmpty { members.append(#""conditions":[\#(conditions.joined(separator: ","))]"#) }
        members.append(#""actions":[\#(actions.joined(separator: ","))]"#)
        if let pattern { members.append(#""pattern":"\#(pattern)""#) }
        return "{" + members.joined(separator: ",") + "}"
    }
}
